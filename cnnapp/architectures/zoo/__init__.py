"""The networks of the catalog, one family a file; `architectures/catalog.py` lists them."""
