"""Beliefs about what comes first: the phases of ngx_http_core_module.h, and what `if` and files do in them."""

from tests.nginx.sites.beliefs.belief import Belief
from tests.nginx.sites.experiment import Told

_TO = "proxy_pass http://127.0.0.1:8000;"

ORDERS = (
    Belief(
        "deny above return is asked first",
        f"location / {{ deny all; return 200 open; }} location @x {{ {_TO} }}",
        {"GET http://x.test/": Told(status=200)},
        change=("return 200 open;", _TO),
        told_then={"GET http://x.test/": Told(status=403)},
    ),
    Belief(
        "a password is asked for before a rewrite",
        'location /a { auth_basic "x"; auth_basic_user_file /etc/nginx/none; rewrite ^ /b last; } '
        "location /b { return 204; }",
        {"GET http://x.test/a": Told(status=204, location="/b")},
        change=("rewrite ^ /b last;", _TO),
        told_then={"GET http://x.test/a": Told(status=401)},
    ),
    Belief(
        "return in the server is for what no location takes",
        f"return 301 https://x.test$request_uri; location /ws {{ {_TO} }}",
        {"GET http://x.test/ws?a=b": Told(status=301, redirect_to="https://x.test/ws?a=b")},
        change=("return 301 https://x.test$request_uri;", "location / { return 301 https://x.test$request_uri; }"),
        told_then={"GET http://x.test/ws?a=b": Told(status=200, location="/ws")},
    ),
    Belief(
        "try_files passes to the proxy what is not there",
        f"location /app/ {{ try_files $uri =404; {_TO} }} location @app {{ {_TO} }}",
        {
            "GET http://x.test/app/none": Told(status=404),
            "GET http://x.test/app/there": Told(status=200, line="GET /app/there"),
        },
        change=("=404", "@app"),
        told_then={"GET http://x.test/app/none": Told(status=200, location="@app", line="GET /app/none")},
        disk=("/srv/app/there",),
    ),
    Belief(
        "an if leaves try_files in force",
        "location / { try_files $uri /fallback; if ($arg_x) { add_header X-X 1; } } "
        "location = /fallback { return 204; }",
        {
            "GET http://x.test/none": Told(status=204, location="=/fallback"),
            "GET http://x.test/none?x=1": Told(status=404, location="/"),
        },
        change=("{ add_header X-X 1; }", "{ return 410; }"),
        told_then={"GET http://x.test/none?x=1": Told(status=410, location="/")},
    ),
    Belief(
        "of two ifs that hold both are in force",
        f"location / {{ if ($arg_a) {{ add_header X-A 1; }} if ($arg_b) {{ add_header X-B 1; }} {_TO} }}",
        {"GET http://x.test/?a=1&b=1": Told(added={"X-A": None, "X-B": "1"})},
        change=("if ($arg_b)", "if ($arg_c)"),
        told_then={"GET http://x.test/?a=1&b=1": Told(added={"X-A": "1", "X-B": None})},
    ),
    Belief(
        "0 is a value like any other for an if",
        "location / { if ($arg_on) { return 204; } return 410; }",
        {"GET http://x.test/?on=0": Told(status=410), "GET http://x.test/?on=00": Told(status=204)},
        change=("$arg_on)", '$arg_on != "")'),
        told_then={"GET http://x.test/?on=0": Told(status=204)},
    ),
    Belief(
        "an error page of an error page is served",
        "error_page 404 /missing; error_page 410 /gone; location /missing { return 410; } "
        "location /gone { return 200 gone; } location /x { return 404; }",
        {"GET http://x.test/x": Told(status=410, location="/missing")},
        change=("error_page 404", "recursive_error_pages on; error_page 404"),
        told_then={"GET http://x.test/x": Told(status=410, location="/gone")},
    ),
    Belief(
        "an error page in a location is added to the server's",
        "error_page 404 =200 /page; location = /page { return 200; } location /x { error_page 500 /page; return 404; }",
        {"GET http://x.test/x": Told(status=404, location="/x")},
        change=("error_page 500 /page;", ""),
        told_then={"GET http://x.test/x": Told(status=200, location="=/page")},
    ),
    Belief(
        "alias without a slash at the location's end keeps people inside",
        "location /files { alias /srv/public/; }",
        {"GET http://x.test/files../secret.txt": Told(status=200, file="/srv/public/../secret.txt")},
        change=("location /files", "location /files/"),
        told_then={"GET http://x.test/files../secret.txt": Told(status=404)},
        disk=("/srv/secret.txt", "/srv/public/a.txt"),
    ),
    Belief(
        "root in a location leaves the location's name out",
        "location /static/ { root /srv/assets; }",
        {"GET http://x.test/static/a.css": Told(status=404, file="/srv/assets/static/a.css")},
        change=("root /srv/assets;", "alias /srv/assets/;"),
        told_then={"GET http://x.test/static/a.css": Told(status=200, file="/srv/assets/a.css")},
        disk=("/srv/assets/a.css",),
    ),
    Belief(
        "an index file is served by the location that holds it",
        r"location / { index index.php; } location ~ \.php$ { fastcgi_pass 127.0.0.1:9000; }",
        {"GET http://x.test/": Told(status=200, location=r"\.php$", backend="127.0.0.1:9000")},
        change=("index index.php;", "index index.html;"),
        told_then={"GET http://x.test/": Told(status=200, location="/", file="/srv/index.html")},
        disk=("/srv/index.php", "/srv/index.html"),
    ),
    Belief(
        "a file may be posted to",
        "location / { }",
        {"POST http://x.test/a.html": Told(status=405)},
        change=("{ }", "{ error_page 405 =200 $uri; }"),
        told_then={"POST http://x.test/a.html": Told(status=200, file="/srv/a.html")},
        disk=("/srv/a.html",),
    ),
)
