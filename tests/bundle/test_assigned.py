"""Values that are given to a name that says secret, in settings and code; and those that are none."""

from __future__ import annotations

import pytest

from sous.bundle.secrets import MASK, mask_secrets

V = "k9Qz7Lm2Xv4Rt8Wp1Yc6Nb3Hd5Js0GfA"
ASSIGNED = {
    f"JWT_SECRET={V}": ".env.production",
    f"export API_TOKEN={V}": "env.sh",
    f"ENV API_SECRET={V}": "Dockerfile",
    f"ENV API_KEY {V}": "Dockerfile",
    f"ARG NPM_TOKEN={V}": "Dockerfile",
    f"      - DB_PASSWORD={V}": "docker-compose.yml",
    f"password={V}": "my.cnf",
    f"secret_key = {V}": ".s3cfg",
    f"spring.datasource.password={V}": "app.properties",
    f"db_password: !!str {V}": "x.yml",
    f"token: |\n  {V}\n": "x.yml",
    f"  - name: DB_PASSWORD\n    value: {V}": "deploy.yaml",
    f'{{"name": "API_TOKEN", "value": "{V}"}}': "x.json",
    f"<server><password>{V}</password></server>": "settings.xml",
    f'<add key="SmtpPassword" value="{V}"/>': "web.config",
    f'<entry password="{V}"/>': "x.xml",
    f'const apiKey: string = "{V}";': "a.ts",
    f'var apiKey string = "{V}"': "a.go",
    f'let api_key: &str = "{V}";': "a.rs",
    f'val apiKey: String = "{V}"': "a.kt",
    f'let apiKey: String? = "{V}"': "a.swift",
    f'private static final String API_KEY = "{V}";': "A.java",
    f'static NSString *const kApiKey = @"{V}";': "a.m",
    f'char password[] = "{V}";': "a.c",
    f'api_key: Optional[str] = "{V}"': "a.py",
    f"const token = `{V}`": "a.js",
    f'token := "{V}"': "a.go",
    f'@token ||= "{V}"': "a.rb",
    f"$config['password'] = '{V}';": "a.php",
    f"define('DB_PASSWORD', '{V}');": "wp-config.php",
    f'#define API_KEY "{V}"': "a.h",
    f'System.setProperty("API_TOKEN", "{V}")': "A.java",
    f'os.environ["API_TOKEN"] = "{V}"': "a.py",
    f'getenv("API_TOKEN", "{V}")': "a.php",
    f'client.setPassword("{V}");': "A.java",
    f'"{{\\"token\\": \\"{V}\\"}}"': "a.py",
    f'headers = {{"X-Api-Key": "{V}"}}': "a.py",
    f"tool --password {V} --verbose": "a.md",
    f"java -Dapp.password={V} -jar x": "run.md",
    f"https://x.org/v1?api_key={V}&page=2": "a.md",
    f"Server=db;User Id=app;Password={V};Database=x": "a.cs",
    f"* **Token**: `{V}`": "notes.md",
    "DB_PASSWORD=Winter2024!": ".env",
    f"PSWD:={V}": "Makefile",
    f'password = process.env.DB_PASSWORD || "{V}"': "a.js",
    f'token = os.environ.get("API_TOKEN") or "{V}"': "a.py",
    f"psql ${{PGPASSWORD:-{V}}}": "run.sh",
    f'if (password !== "{V}") {{': "a.js",
    f'<a href="http://localhost/get?token={V}">x</a>': "a.html",
    f"https://x.org/?url=%3Ftoken%3D{V}%26v%3D1": "a.js",
    'password = "Winter2024!"': "a.py",
    "db:\n  pass: t0mcat-prod": "x.yaml",
    'client_id_token = "247347661402972195"': "a.py",
    "session_token = " + V * 8: "x.ini",
    'token = "qmxkvbzjwpfhtrgnlqzxcvkd"': "a.py",
    'token = "12345-a1b2c3d4e5f6"': "a.py",
    "é = 1\nsecret = 'x7Kq2mZp9Rt4'": "a.py",
}
NONE = {
    "SECRET_KEY = os.environ['SECRET_KEY']": "a.py",
    'password = getpass.getpass("Password: ")': "a.py",
    "password: ${DB_PASSWORD}": "x.yml",
    "password: {{ vault_password }}": "x.yml",
    "password: <your password>": "x.yml",
    "password: change_me_123": "x.yml",
    "token: vault:secret/data/app#token1": "x.yml",
    "password = var.db_password1": "main.tf",
    'password_hash = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"': "a.py",
    'password = "pbkdf2_sha256$600000$abc123$k9Qz7Lm2Xv4Rt8Wp1Yc6Nb3Hd5Js0Gf="': "a.py",
    'PASSWORD_HASH = "5f4dcc3b5aa765d61d8327deb882cf99"': "a.py",
    "credentialsId: 'ff083f76-7804-4ef1-80e4-fe975bb9141b'": "Jenkinsfile",
    'csrf_token = "k9Qz7Lm2Xv4Rt8Wp1Yc6Nb3"': "a.py",
    'public_key = "k9Qz7Lm2Xv4Rt8Wp1Yc6Nb3Hd5Js0GfA"': "a.py",
    'cache_key = "user:profile:v2"': "a.py",
    'key = "550e8400-e29b-41d4-a716-446655440000"': "a.py",
    "max_tokens = 128000": "x.toml",
    "{% if form.new_password1.errors or form.new_password2.errors %}</p>": "a.html",
    'bypass = "k9Qz7Lm2Xv4Rt8Wp1Yc6"': "a.py",
    'token_url = "https://example.com/oauth2/v1/token"': "a.py",
    'TOKEN_FILE = "/run/secrets/token1"': "a.py",
    "password: ENC[AES256_GCM,data:k9Qz7Lm2Xv4Rt8Wp1Yc6Nb3,iv:a1,tag:b2,type:str]": "sops.yaml",
    "  password: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq" + "k9Qz7Lm2" * 20: "sealed.yaml",
    'assert token == "access-token-2"': "test_a.py",
    "if key in tokens2: auth(user1, password1)": "a.py",
    "    def check_password(self, raw_password2): ...": "a.py",
    'password="correct horse battery staple"': "a.py",
    "GITHUB_API_KEY=\nDYNATRACE_API_KEY=": ".env.example",
    'keyboard = "k9Qz7Lm2Xv4Rt8Wp1Yc6"': "a.py",
    "snowflake.password=\njdbc.snowflake.url=x1": "a.properties",
}


@pytest.mark.parametrize("text", ASSIGNED)
def test_what_is_given_to_a_name_that_says_secret_is_masked(text: str) -> None:
    masked, found = mask_secrets(f"# first\n{text}\n# last\n", ASSIGNED[text])
    assert len(found) == 1
    assert MASK in masked
    assert V not in masked
    assert masked.startswith("# first\n")
    assert masked.endswith("\n# last\n")


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_it_is_let_be(text: str) -> None:
    assert mask_secrets(f"# first\n{text}\n# last\n", NONE[text]) == (f"# first\n{text}\n# last\n", [])
