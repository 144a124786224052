"""Words that tell nothing of anybody: what everybody calls a host, a service or a file, and the ends of names.

Data, and nothing else. A name that is made of these alone is shown as it is: `backend`, `access.log`, `api-1`.
"""

COMMON = frozenset({
    "a", "about", "access", "active", "activity", "actix", "admin", "after", "ahead", "aiohttp", "alb", "alert", "all",
    "am", "and", "apache", "api", "apisix", "app", "apps", "apr", "archive", "asgi", "at", "audio", "aug", "auth",
    "available", "aws", "axum", "azure", "backend", "backends", "backup", "balancer", "bandit", "before", "billing",
    "blazor", "block", "blue", "bottle", "browser", "bun", "bundle", "bunyan", "by", "bz2", "cache", "caddy", "call",
    "calls", "canary", "cdn", "celery", "cer", "cert", "certificate", "certs", "cfg", "chain", "channel", "chat",
    "check", "checks", "chi", "chrome", "chromium", "class", "client", "clients", "cloud", "cloudflare", "cloudfront",
    "cluster", "common", "compose", "conf", "config", "configs", "connect", "connected", "connection", "connections",
    "console", "consul", "container", "containers", "controller", "copy", "core", "cowboy", "crash", "crit", "critical",
    "cron", "crt", "csv", "current", "custom", "cut", "d", "daemon", "daphne", "dashboard", "data", "database", "db",
    "debug", "dec", "default", "demo", "deno", "deploy", "deployment", "dev", "django", "docker", "done", "down",
    "download", "dropwizard", "dump", "dumps", "edge", "elb", "elixir", "elk", "emerg", "enabled", "end", "engine",
    "env", "envoy", "erlang", "err", "error", "errors", "event", "events", "export", "express", "express4", "external",
    "failed", "failing", "falcon", "false", "fastapi", "fastify", "fatal", "feb", "feed", "fiber", "file", "files",
    "firefox", "first", "flask", "flux", "for", "fri", "from", "front", "frontend", "fullchain", "game", "gateway",
    "gcp", "get", "gin", "gmt", "go", "gorilla", "grafana", "green", "grpc", "gunicorn", "gz", "gzip", "handler",
    "hapi", "haproxy", "har", "head", "health", "healthy", "heroku", "home", "hono", "host", "hosts", "htm", "html",
    "http", "https", "hypercorn", "iis", "in", "incident", "index", "info", "ingress", "ini", "init", "inner", "input",
    "internal", "invalid", "io", "issue", "istio", "jan", "java", "jetty", "jks", "job", "jobs", "journal",
    "journalctl", "journald", "js", "json", "jsonl", "jul", "jun", "k8s", "kafka", "kestrel", "key", "keys", "koa",
    "kong", "kotlin", "ktor", "kube", "kubectl", "kubernetes", "laravel", "last", "latest", "lb", "legacy",
    "letsencrypt", "level", "life", "line", "lines", "linkerd", "linux", "listen", "live", "local", "localdomain",
    "localhost", "location", "locations", "lock", "log", "log1", "logging", "logs", "loguru", "loki", "lz4", "mail",
    "main", "manager", "mar", "master", "may", "md", "media", "message", "messages", "metrics", "micronaut",
    "middleware", "missing", "mobile", "mod", "module", "modules", "mon", "mongo", "mongodb", "monitor", "mysql", "n",
    "nest", "net", "netlog", "netty", "network", "new", "next", "nginx", "nginxt", "njs", "nlb", "no", "node", "nodejs",
    "nomad", "none", "not", "notice", "nov", "null", "oct", "octane", "off", "ok", "old", "on", "one", "online", "open",
    "opt", "order", "orders", "origin", "other", "out", "outer", "output", "own", "p12", "page", "pages", "part",
    "parts", "passenger", "paste", "pasted", "path", "pem", "pfx", "phoenix", "php", "ping", "pino", "pipe", "plain",
    "plug", "pm", "pm2", "pod", "pods", "port", "postgres", "postgresql", "pre", "preview", "primary", "private",
    "privkey", "prod", "production", "prometheus", "proxied", "proxies", "proxy", "public", "puma", "py", "python",
    "quarkus", "quart", "queue", "rabbitmq", "rails", "railway", "ranch", "raw", "ready", "realtime", "redis",
    "refused", "release", "render", "replica", "report", "request", "requests", "response", "rest", "reverse",
    "roadrunner", "rocket", "room", "rooms", "root", "router", "routes", "rpc", "ruby", "run", "running", "rust",
    "safari", "sample", "samples", "sanic", "sat", "scala", "scheduler", "screen", "script", "search", "secondary",
    "secure", "security", "sentry", "sep", "server", "servers", "service", "services", "session", "shared", "sidecar",
    "sidekiq", "signal", "signalr", "single", "site", "sites", "small", "snippet", "snippets", "socket", "socketio",
    "sockets", "some", "spring", "ssl", "stage", "staging", "standard", "starlette", "start", "started", "starting",
    "static", "status", "stderr", "stdout", "stop", "stopped", "storage", "stream", "streaming", "structlog", "stub",
    "success", "sun", "supervisor", "supervisord", "support", "swarm", "swift", "swoole", "symfony", "sys", "syslog",
    "system", "systemd", "t", "tab", "tail", "talk", "tar", "task", "tasks", "temp", "test", "testing", "tests", "the",
    "thin", "thing", "third", "thu", "time", "timeout", "tls", "tmp", "to", "today", "tomcat", "toml", "tornado",
    "trace", "traces", "traefik", "traffic", "tree", "true", "tue", "tunnel", "two", "txt", "undertow", "unhealthy",
    "unicorn", "unit", "unix", "unknown", "up", "upload", "uploads", "upstream", "upstreams", "us", "user", "users",
    "utc", "uvicorn", "uws", "uwsgi", "v", "var", "vars", "vault", "venv", "verbose", "version", "vhost", "vhosts",
    "video", "vite", "voice", "vps", "waf", "waitress", "warn", "warning", "warnings", "web", "webapp", "webkit",
    "webpack", "webrtc", "webserver", "website", "websocket", "websockets", "wed", "werkzeug", "winston", "with",
    "worker", "workers", "ws", "wsgi", "wss", "www", "x", "xml", "xz", "yaml", "yarn", "yesterday", "yml", "z", "zip",
    "zst",
})  # fmt: skip
"""Words of file names, services and machines."""

LABELS = frozenset({
    "www", "api", "app", "ws", "wss", "cdn", "static", "admin", "auth", "staging", "dev", "test", "prod", "beta",
    "mail", "backend", "frontend", "media", "assets", "socket", "gateway", "svc",
})  # fmt: skip
"""What stands before a domain everywhere: it stays, for whether there is a `www` may be the cause."""

TOP = frozenset({
    "ae", "ai", "app", "ar", "arpa", "au", "be", "biz", "br", "ca", "ch", "cl", "cloud", "cn", "co", "com", "corp",
    "cz", "de", "dev", "dk", "edu", "eg", "es", "eu", "example", "fi", "fr", "gg", "gov", "gr", "hk", "hu", "ie", "il",
    "info", "internal", "intranet", "invalid", "io", "jp", "ke", "kr", "lan", "local", "localdomain", "ly", "ma", "mil",
    "mx", "net", "ng", "nl", "nz", "org", "pt", "ro", "ru", "sa", "se", "sg", "shop", "site", "store", "tech", "test",
    "tr", "tv", "tw", "ua", "uk", "vn", "xyz", "za",
})  # fmt: skip
"""What a name ends in that is a host's wherever it stands; others are known by what announces them.

Without those that are words of programs too (`user.id`, `req.me`, `Main.in`) or endings of files (`main.rs`).
"""

NO_HOSTS = frozenset(
    {"socket.io", "engine.io", "asp.net", "java.net", "java.io", "system.net", "system.io", "scala.io"}
)
"""Libraries that look like hosts."""

SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "edu", "gov", "or", "ne", "go", "gob", "gouv"})
"""What stands before a country's two letters where a domain has three labels: `co.uk`, `com.br`."""
