"""ingress-nginx's default access log (kubernetes/ingress-nginx, internal/ingress/controller/config/config.go).

In come its lines, out go requests with what each upstream answered. Its lists stand unquoted between blanks: the hard
part is done by `log_format.py`, of which this is one more string.
"""

from analyzer.formats.common_log_formats import INGRESS
from analyzer.formats.log_format import from_log_format

FORMAT = from_log_format("nginx_ingress", INGRESS)
