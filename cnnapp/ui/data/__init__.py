"""Looking at data sets, importing, checking, changing and augmenting them."""
