"""The lab: real nginx, real Node and uvicorn backends, real Chromium, and the bundles recorded from them."""
