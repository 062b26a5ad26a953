"""Whether MFVAN's claims hold, measured on SYNTHETIC clips whose true motion is known."""
