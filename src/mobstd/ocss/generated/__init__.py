"""Generated packages, one per version. `mobstd generate` owns this folder wholly."""
