"""Speaker diarization on the CPU: segmentation, embeddings, clustering, turns."""
