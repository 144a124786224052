"""What people believe of nginx, and what it does."""

from tests.nginx.sites.beliefs.choices import CHOICES
from tests.nginx.sites.beliefs.headers import HEADERS
from tests.nginx.sites.beliefs.orders import ORDERS
from tests.nginx.sites.beliefs.paths import PATHS

BELIEFS = (*PATHS, *HEADERS, *CHOICES, *ORDERS)
