"""Motion: optical flow, strain, and what is pooled of them."""
