"""Labs that are kept in files: see gbcs_host.keep.graph, forms and kept_file."""
