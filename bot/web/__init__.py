"""The only public process: chat API, demo site, booking and review console (Django under uvicorn)."""
