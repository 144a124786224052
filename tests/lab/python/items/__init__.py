"""One small application, items and chat rooms, for FastAPI, aiohttp and tornado as their users write it."""
