"""FastAPI backends of the lab, written as such an application would be."""
