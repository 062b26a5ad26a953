"""What several learners share: losses, the training loop, kernel machines."""
