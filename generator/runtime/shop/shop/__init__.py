"""The sample shop: one idea a module, put together in `wsgi`."""
