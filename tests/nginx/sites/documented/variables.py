"""map and geo: ngx_http_map_module.html, ngx_http_geo_module.html."""

from tests.nginx.sites.experiment import Example, Told

_SAYS = "server { listen 80; server_name x.test; location / { add_header X-Said $said; return 204; } }"

VARIABLES = (
    Example(
        "map: names with masks",
        """
        map $http_host $said {
            hostnames; default 0;
            example.com 1; *.example.com 1; example.org 2; *.example.org 2; .example.net 3; wap.* 4;
        }  """
        + _SAYS,
        {
            "GET http://x.test/": Told(added={"X-Said": "0"}),
            "GET http://x.test/ | Host: example.com": Told(added={"X-Said": "1"}),
            "GET http://x.test/ | Host: a.b.example.org": Told(added={"X-Said": "2"}),
            "GET http://x.test/ | Host: example.net": Told(added={"X-Said": "3"}),
            "GET http://x.test/ | Host: www.example.net": Told(added={"X-Said": "3"}),
            "GET http://x.test/ | Host: wap.example.de": Told(added={"X-Said": "4"}),
            "GET http://x.test/ | Host: wap.example.com": Told(added={"X-Said": "1"}),
        },
    ),
    Example(
        "map: strings whatever their case, then regexes in their order, then the default",
        """
        map $http_user_agent $said {
            default none; "~Opera Mini" mini; ~*(?<letter>mobile|x) m-$letter; ABC string; ~ABC never; \\default word;
        }  """
        + _SAYS,
        {
            "GET http://x.test/ | User-Agent: Opera Mini Mobile": Told(added={"X-Said": "mini"}),
            "GET http://x.test/ | User-Agent: opera mini": Told(added={"X-Said": "none"}),
            "GET http://x.test/ | User-Agent: a MOBILE": Told(added={"X-Said": "m-MOBILE"}),
            "GET http://x.test/ | User-Agent: abc": Told(added={"X-Said": "string"}),
            "GET http://x.test/ | User-Agent: default": Told(added={"X-Said": "word"}),
            "GET http://x.test/": Told(added={"X-Said": "none"}),
        },
    ),
    Example(
        "map: without a default the value is empty, and an empty header is not sent",
        "map $arg_a $said { 1 one; }" + _SAYS,
        {
            "GET http://x.test/?a=1": Told(added={"X-Said": "one"}),
            "GET http://x.test/?a=2": Told(added={"X-Said": None}),
        },
    ),
    Example(
        "geo: the most specific network",
        """
        geo $arg_from $said {
            default ZZ; delete 127.0.0.0/16;
            127.0.0.0/24 US; 127.0.0.1/32 RU; 10.1.0.0/16 RU; 192.168.1.0/24 UK;
        }  """
        + _SAYS,
        {
            "GET http://x.test/?from=127.0.0.1": Told(added={"X-Said": "RU"}),
            "GET http://x.test/?from=127.0.0.2": Told(added={"X-Said": "US"}),
            "GET http://x.test/?from=10.1.9.9": Told(added={"X-Said": "RU"}),
            "GET http://x.test/?from=10.2.9.9": Told(added={"X-Said": "ZZ"}),
            "GET http://x.test/?from=nothing": Told(added={"X-Said": "ZZ"}),
        },
    ),
    Example(
        "geo: ranges",
        """
        geo $arg_from $said {
            ranges; default ZZ; 127.0.0.0-127.0.0.0 US; 127.0.0.1-127.0.0.1 RU; 127.0.0.2-127.0.0.255 US;
            10.1.0.0-10.1.255.255 RU;
        }  """
        + _SAYS,
        {
            "GET http://x.test/?from=127.0.0.0": Told(added={"X-Said": "US"}),
            "GET http://x.test/?from=127.0.0.2": Told(added={"X-Said": "US"}),
            "GET http://x.test/?from=10.1.255.255": Told(added={"X-Said": "RU"}),
            "GET http://x.test/?from=10.2.0.0": Told(added={"X-Said": "ZZ"}),
        },
    ),
)
