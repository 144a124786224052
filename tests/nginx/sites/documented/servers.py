"""Server names and addresses: request_processing.html and server_names.html."""

from tests.nginx.sites.experiment import Example, Told

_THREE_SERVERS = """
server { listen 80; server_name example.org www.example.org; return 204; }
server { listen 80; server_name example.net www.example.net; return 204; }
server { listen 80; server_name example.com www.example.com; return 204; }
"""

_BY_ADDRESS = """
server { listen 192.168.1.1:80; server_name example.org www.example.org; return 204; }
server { listen 192.168.1.1:80 default_server; server_name example.net www.example.net; return 204; }
server { listen 192.168.1.2:80 default_server; server_name example.com www.example.com; return 204; }
"""

_NAMES = """
server { listen 80 default_server; server_name _; return 444; }
server { listen 80; server_name example.org www.example.org; return 204; }
server { listen 80; server_name *.example.org; return 204; }
server { listen 80; server_name mail.*; return 204; }
server { listen 80; server_name ~^(?<user>.+)\\.example\\.net$; return 204; }
"""

_NAMES_IN_ORDER = """
server { listen 80; server_name ~^www\\. first.test; return 204; }
server { listen 80; server_name www.example.* second.test; return 204; }
server { listen 80; server_name *.example.com third.test; return 204; }
server { listen 80; server_name *.sub.example.com fourth.test; return 204; }
server { listen 80; server_name www.example.com; return 204; }
server { listen 80; server_name .both.test; return 204; }
"""

SERVERS = (
    Example(
        "request_processing: the first server is the default one",
        _THREE_SERVERS,
        {
            "GET http://example.org/": Told(server="example.org"),
            "GET http://www.example.net/": Told(server="example.net"),
            "GET http://example.com/": Told(server="example.com"),
            "GET http://example.edu/": Told(server="example.org"),
        },
    ),
    Example(
        "request_processing: default_server says which one is",
        _THREE_SERVERS.replace("80; server_name example.net", "80 default_server; server_name example.net"),
        {
            "GET http://example.edu/": Told(server="example.net"),
            "GET http://example.org/": Told(server="example.org"),
        },
    ),
    Example(
        "request_processing: first the address, then the name",
        _BY_ADDRESS,
        {
            "GET http://www.example.org/ @192.168.1.1": Told(server="example.org"),
            "GET http://www.example.com/ @192.168.1.1": Told(server="example.net"),
            "GET http://www.example.com/ @192.168.1.2": Told(server="example.com"),
            "GET http://www.example.org/ @192.168.1.2": Told(server="example.com"),
        },
    ),
    Example(
        "request_processing: without default_server the first of the address",
        _BY_ADDRESS.replace(" default_server", ""),
        {"GET http://www.example.com/ @192.168.1.1": Told(server="example.org")},
    ),
    Example(
        "server_names: exact, then *., then .*, then regexes",
        _NAMES,
        {
            "GET http://example.org/": Told(server="example.org"),
            "GET http://www.example.org/": Told(server="example.org"),
            "GET http://ftp.example.org/": Told(server="*.example.org"),
            "GET http://www.sub.example.org/": Told(server="*.example.org"),
            "GET http://mail.example.org/": Told(server="*.example.org"),
            "GET http://mail.example.net/": Told(server="mail.*"),
            "GET http://john.example.net/": Told(server=r"~^(?<user>.+)\.example\.net$"),
            "GET http://example.net/": Told(server="_", status=444),
            "GET http://nobody.test/": Told(server="_", status=444),
        },
    ),
    Example(
        "server_names: the longest wildcard, and the exact name before all, wherever they stand",
        _NAMES_IN_ORDER,
        {
            "GET http://www.example.com/": Told(server="www.example.com"),
            "GET http://a.example.com/": Told(server="*.example.com"),
            "GET http://a.sub.example.com/": Told(server="*.sub.example.com"),
            "GET http://a.b.sub.example.com/": Told(server="*.sub.example.com"),
            "GET http://www.example.de/": Told(server="www.example.*"),
            "GET http://www.other.de/": Told(server=r"~^www\."),
            "GET http://both.test/": Told(server="both.test"),
            "GET http://www.both.test/": Told(server="both.test"),
            "GET http://xboth.test/": Told(server=r"~^www\."),
        },
    ),
    Example(
        "server_names: a capture of the name is a variable",
        """
        server { listen 80; server_name ~^(www\\.)?(?<domain>.+)$; location / { root /srv/sites/$domain; } }
        server { listen 80; server_name other.test ~^never$; location / { root /srv/other; } }
        """,
        {
            "GET http://www.a.test/x": Told(status=200, file="/srv/sites/a.test/x"),
            "GET http://b.test/x": Told(status=404, file="/srv/sites/b.test/x"),
            "GET http://other.test/x": Told(status=404, file="/srv/other/x"),
        },
        disk=("/srv/sites/a.test/x",),
    ),
    Example(
        "server_names: a digit refers to the name's captures, too",
        r"server { listen 80; server_name ~^(www\.)?(.+)$; location / { root /srv/sites/$2; } }",
        {"GET http://www.a.test/x": Told(status=404, file="/srv/sites/a.test/x")},
    ),
    Example(
        "server_names: an address is a name like any other",
        """
        server { listen 80; server_name first.test; return 204; }
        server { listen 80; server_name example.org 192.168.1.1; return 204; }
        """,
        {
            "GET http://192.168.1.1/": Told(server="example.org"),
            "GET http://192.168.1.2/": Told(server="first.test"),
        },
    ),
    Example(
        "server_names: one server is the default of one port, another of another",
        """
        server { listen 80; listen 8080 default_server; server_name example.net; return 204; }
        server { listen 80 default_server; listen 8080; server_name example.org; return 204; }
        """,
        {
            "GET http://nobody.test/": Told(server="example.org"),
            "GET http://nobody.test:8080/": Told(server="example.net"),
            "GET http://example.org:8080/": Told(server="example.org"),
        },
    ),
    Example(
        "server_names: slashes are merged as the default server says, for no name is known yet",
        """
        server { listen 80; server_name first.test; location / { return 404; } location /scripts/ { return 204; } }
        server {
            listen 80; server_name second.test; merge_slashes off;
            location / { return 404; } location /scripts/ { return 204; }
        }
        server {
            listen 8080; server_name alone.test; merge_slashes off;
            location / { return 404; } location /scripts/ { return 204; }
        }
        """,
        {
            "GET http://first.test//scripts/one.php": Told(status=204, location="/scripts/"),
            "GET http://second.test//scripts/one.php": Told(status=204, location="/scripts/"),
            "GET http://alone.test:8080//scripts/one.php": Told(status=404, location="/"),
        },
    ),
)
