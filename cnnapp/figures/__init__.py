"""Arrays to pictures: one kind a file, each a `compute_*` that calculates and a `plot_*` that draws.

They return a Plotly figure, a Vega-Lite chart or an RGB picture (uint8 (h, w, 3)), and know nothing else of the app;
`style.py` has the colours and symbols.
"""
