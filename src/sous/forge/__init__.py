"""Issues on GitHub, GitLab, Gitea, Forgejo and Bitbucket."""
