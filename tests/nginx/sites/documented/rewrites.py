"""rewrite, if, return: ngx_http_rewrite_module.html."""

from tests.nginx.sites.experiment import Example, Told

_DOWNLOADS = r"""
    rewrite ^(/download/.*)/media/(.*)\..*$ $1/mp3/$2.mp3 FLAG;
    rewrite ^(/download/.*)/audio/(.*)\..*$ $1/mp3/$2.ra FLAG;
    return 403;
"""

REWRITES = (
    Example(
        "rewrite: at the server, last",
        "server { listen 80; root /srv;" + _DOWNLOADS.replace("FLAG", "last") + "}",
        {
            "GET http://x.test/download/a/media/song.wav": Told(status=200, file="/srv/download/a/mp3/song.mp3"),
            "GET http://x.test/download/a/audio/song.wav": Told(status=404, file="/srv/download/a/mp3/song.ra"),
            "GET http://x.test/other": Told(status=403),
        },
        disk=("/srv/download/a/mp3/song.mp3",),
    ),
    Example(
        "rewrite: inside the location, break",
        "server { listen 80; root /srv; location /download/ {" + _DOWNLOADS.replace("FLAG", "break") + "} }",
        {
            "GET http://x.test/download/a/media/song.wav": Told(status=200, file="/srv/download/a/mp3/song.mp3"),
            "GET http://x.test/download/a/song.wav": Told(status=403, location="/download/"),
        },
        disk=("/srv/download/a/mp3/song.mp3",),
    ),
    Example(
        "rewrite: the same location again and again is a 500 after ten rounds",
        """
        server { listen 80; location /download/ { rewrite ^(/download/.*)/media/(.*)$ $1/media/$2.mp3 last; } }
        """,
        {"GET http://x.test/download/a/media/b": Told(status=500, location="/download/")},
    ),
    Example(
        "rewrite: a question mark at the end leaves the client's arguments out",
        """
        server { listen 80;
            rewrite ^/users/(.*)$ /show?user=$1? last;
            rewrite ^/people/(.*)$ /show?user=$1 last;
            location /show { proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {
            "GET http://x.test/users/ann?x=1": Told(line="GET /show?user=ann"),
            "GET http://x.test/people/ann?x=1": Told(line="GET /show?user=ann&x=1"),
        },
    ),
    Example(
        "rewrite: redirects, by flag and by what the replacement begins with",
        """
        server { listen 80;
            rewrite ^/temporary$ /there redirect;
            rewrite ^/permanent$ /there permanent;
            rewrite ^/url$ https://example.com/there;
            rewrite ^/scheme$ $scheme://example.com/there;
            return 404;
        }
        """,
        {
            "GET http://x.test/temporary": Told(status=302, redirect_to="http://x.test/there"),
            "GET http://x.test/permanent?a": Told(status=301, redirect_to="http://x.test/there?a"),
            "GET http://x.test/url": Told(status=302, redirect_to="https://example.com/there"),
            "GET http://x.test/scheme": Told(status=302, redirect_to="http://example.com/there"),
        },
    ),
    Example(
        "if: the conditions of the documentation's example",
        """
        server { listen 80; root /srv; valid_referers none example.com;
            if ($http_user_agent ~ MSIE) { rewrite ^(.*)$ /msie/$1 break; }
            if ($http_cookie ~* "id=([^;]+)(?:;|$)") { set $id $1; }
            if ($request_method = POST) { return 405; }
            if ($invalid_referer) { return 403; }
            location / { add_header X-Id $id always; }
        }
        """,
        {
            "GET http://x.test/a | User-Agent: MSIE 6": Told(status=200, file="/srv/msie//a"),
            "GET http://x.test/a | Cookie: x=1; ID=7; y=2": Told(status=404, added={"X-Id": "7"}),
            "POST http://x.test/a": Told(status=405),
            "GET http://x.test/a | Referer: http://other.test/": Told(status=403),
            "GET http://x.test/a | Referer: http://example.com/x": Told(status=404, added={"X-Id": None}),
        },
        disk=("/srv/msie/a",),
    ),
    Example(
        "return: a code, a text, a URL, and 444",
        """
        server { listen 80;
            location /code { return 410; } location /text { return 200 "said"; }
            location /url { return http://example.com/$uri; } location /local { return 301 /there; }
            location /other { return 303 https://example.com/; } location /close { return 444; }
        }
        """,
        {
            "GET http://x.test/code": Told(status=410),
            "GET http://x.test/text": Told(status=200),
            "GET http://x.test/url": Told(status=302, redirect_to="http://example.com//url"),
            "GET http://x.test/local": Told(status=301, redirect_to="http://x.test/there"),
            "GET http://x.test/other": Told(status=303, redirect_to="https://example.com/"),
            "GET http://x.test/close": Told(status=444),
        },
    ),
)
