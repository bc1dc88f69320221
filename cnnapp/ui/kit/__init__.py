"""Streamlit itself, made safe and short; nothing of images or networks."""
