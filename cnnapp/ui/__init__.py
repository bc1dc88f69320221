"""What pages are made of, in wings; `pages.py` is the menu. Only this room, pages/ and app.py know Streamlit.

Floors, upwards: pages; kit; components; choice; home, data, network, inside, evaluate; experiment, predict; run; live.
"""
