"""Parts of pages with JavaScript of their own."""
