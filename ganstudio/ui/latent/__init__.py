"""The page *Latent*: walking through what a model has learnt."""
