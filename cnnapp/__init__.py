"""CNN Lab without its pages: data sets, networks, training, and looking inside; `docs/architecture.md` is the map."""
