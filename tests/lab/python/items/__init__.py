"""One small application, items and chat rooms, for FastAPI, aiohttp, sanic and tornado as their users write it."""
