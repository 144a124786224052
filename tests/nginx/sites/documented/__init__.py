"""What nginx's own documentation says its examples do, in its order; the pages are those of https://nginx.org/en/docs/http/.

In comes nothing, out go examples with their answers as documented. The hard thing: the page tells of a rule in prose;
here stands the config that shows it, and one request for each thing said.
"""

from tests.nginx.sites.documented.errors import ERRORS
from tests.nginx.sites.documented.files import FILES
from tests.nginx.sites.documented.locations import LOCATIONS
from tests.nginx.sites.documented.proxies import PROXIES
from tests.nginx.sites.documented.rewrites import REWRITES
from tests.nginx.sites.documented.servers import SERVERS
from tests.nginx.sites.documented.sockets import SOCKETS
from tests.nginx.sites.documented.variables import VARIABLES

EXAMPLES = (*SERVERS, *LOCATIONS, *FILES, *ERRORS, *REWRITES, *PROXIES, *SOCKETS, *VARIABLES)
