"""The server's only way to Keras: a child process that holds trained networks and answers over stdin and stdout.

`client.host()` is the one `ModelHost` of a process: `.predict` (probabilities (n, classes); a sigmoid unit gives both),
`.activations` (every layer's output for one image), `.filters` (a layer's weights), `.warm`, `.close`. Messages are a
length, a JSON header and raw array bytes, never pickles; the GPU is hidden from the child. A dead host is started again
and the question asked once more; models are kept by digest, few at a time.
"""
