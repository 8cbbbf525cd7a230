"""Issues on GitHub, GitLab, Gitea and Forgejo."""
