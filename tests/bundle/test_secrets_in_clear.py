"""Secrets that once went out in clear: each in its file, and what is like it and is none."""

from __future__ import annotations

import pytest

from sous.bundle.secrets import mask_secrets

R = "k9Qz7Lm2Xv4Rt8Wp1Yc6"  # random
LONG = "k9Qz7Lm2Xv4Rt8Wp1Yc6Nb3Hd5Js0GfA"
HEX = "9f8a61c04be7d25310aa94ef6c1d28b7"
W = "Winter2024!"
BYTES = r"\xfd\xc8H\xe5O\x95\xf9 \x1c\xb1\xee(\x9a\xd4%s\x81\xf7\n\xa0\xe8"
PEM = "\n".join("MIIEvgIBADANBgkqhkiG9w0BAQEFAASC"[at:] + "MIIEvgIBADANBgkq"[:at] for at in range(16))
IN_CODE_LINES = "\n".join(f"  '{line[:30]}\\n' +" for line in PEM.split("\n"))

# What must not be left, its text, its file.
MASKED = [
    # a value on the line behind its name
    (HEX, f'os.environ.setdefault(\n    "API_KEY",\n    "{HEX}"\n)', "a.py"),
    ("q8Zt4!mnb7", "define('DB_PASSWORD',\n  'q8Zt4!mnb7');", "wp-config.php"),
    (R, f'localStorage.setItem("token",\n  "{R}");', "a.js"),
    (W, f'props.put("db.password",\r\n    "{W}");', "A.java"),
    ("Winter2024", "define('DB_PASSWORD', 'Winter2024');", "wp-config.php"),
    ("Sommer1999", 'user.setPassword("Sommer1999");', "A.java"),
    # names of settings
    *(
        (value, f"{name}={value}", path)
        for name in (
            "NON_PROD_DB_PASSWORD", "DB_PASSWORD_NON_PROD", "OBS_WEBSOCKET_PASSWORD", "MOCK_SERVER_PASSWORD",
            "DB_PASSWORD_ENC", "WRONG_DOOR_PASSWORD", "DUMMY_HOST_PASSWORD",
        )
        for value in (R, W)
        for path in (".env", "app.properties")
    ),
    *(
        (R, f"{name}={R}", ".env")
        for name in (
            "WEBSOCKET_SECRET", "WEBSOCKET_API_KEY", "LOCK_TOKEN", "CLIENT_TOKEN", "SECRET_KEY_ENCRYPTION", "NEXT_TOKEN",
            "REQUEST_TOKEN", "API_KEY_GUID", "DB_PASSWORD_ENCRYPTION", "websocket.token",
        )
    ),
    (W, f"    MOCK_SERVER_PASSWORD: {W}", "docker-compose.yml"),
    (W, f'{{"NON_PROD_DB_PASSWORD": "{W}"}}', "x.json"),
    (LONG, f'fakeServerPassword = "{LONG}"', "a.py"),
    (LONG, f'apiKeyEncryption = "{LONG}"', "a.ts"),
    (W, f'websocketPassword = "{W}"', "a.py"),
    # values
    ("xc8H", f"SECRET_KEY = b'{BYTES}'", "settings.py"),
    ("xc8H", f'app.secret_key = "{BYTES}"', "a.py"),
    ("xc8H", f"SESSION_SECRET=b'{BYTES}'".replace(" ", ""), "a.py"),
    ("2024geheim", "DB_PASSWORD=Größe2024geheim", ".env"),
    ("7straße", 'password = "Haupt7straße"', "x.yaml"),
    ("aB3$(kd9!zz", "DB_PASSWORD=aB3$(kd9!zz", ".env"),
    ("Qy7$(mm2)x!", 'password: "Qy7$(mm2)x!"', "x.yaml"),
    ("Winter2024Password", 'password = "Winter2024Password"', "a.py"),
    ("Tiger7Secret", 'password = "Tiger7Secret"', "a.js"),
    ("MIIEvgIB", f"-----BEGIN PRIVATE KEY-----\n{PEM}\n-----END PRIVATE KEY-----", "k.pem"),
    ("MIIEvgIB", f"key = '-----BEGIN RSA PRIVATE KEY-----\\n' +\n{IN_CODE_LINES}\n'-----END RSA PRIVATE KEY-----'", "a.js"),
    ("MIIEvgIB", "-----BEGIN EC PRIVATE KEY-----\n" + PEM.replace("\n", "\n# ") + "\n-----END EC PRIVATE KEY-----", "x.yml"),
]  # fmt: skip
LET_BE = [
    ('["websocketPassword",\n "websocketSecret"]', "a.py"),
    ('("token",\n "ec2:DescribeInstances")', "a.py"),
    (f'headers["Sec-WebSocket-Key"] = "{R}"', "a.py"),
    ('mock_password = "Passw0rdOfTest!"', "a.py"),
    ('wrongPassword = "Winter-2024"', "a.ts"),
    (f'"lockToken": "{LONG}"', "x.json"),
    ("password_encryption = scram-sha-256", "postgresql.conf"),
    ("nonmatchingPassword = 'Winter2024!'", "a.js"),
    ('"password": "Mot de passé"', "fr.json"),
    (r'password = "\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"', "ru.py"),
    ('password="salt-$(cat file1)"', "run.sh"),
    ("password = 'newPassword'", "a.py"),
    ("-----BEGIN PRIVATE KEY-----\n" + "and here is the key of one\n" * 9 + "-----END PRIVATE KEY-----", "a.md"),
]


@pytest.mark.parametrize(("secret", "text", "path"), MASKED)
def test_what_went_out_in_clear_is_masked(secret: str, text: str, path: str) -> None:
    assert secret in text
    masked, found = mask_secrets(f"# first\n{text}\n# last\n", path)
    assert found
    assert secret not in masked
    assert masked.count("\n") == text.count("\n") + 3


@pytest.mark.parametrize(("text", "path"), LET_BE)
def test_what_is_like_it_is_let_be(text: str, path: str) -> None:
    assert mask_secrets(f"# first\n{text}\n# last\n", path)[1] == []
