"""What tests share: pages, runs, files and data sets to try things on."""
