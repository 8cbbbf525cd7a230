"""The planted set: secrets made up right here, and look-alikes that are none. Figures: tests/bench/RESULTS.md."""

from __future__ import annotations

import random
import re
import string
import time
from typing import TYPE_CHECKING, Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from bundle.test_assigned import ASSIGNED
from sous.bundle import secrets
from sous.bundle.kingfisher import kingfisher_scanner
from sous.bundle.secret_data import secret_data
from sous.bundle.secrets import MASK, SecretRule, mask_secrets, rules

try:
    from re import _parser as parser  # type: ignore[attr-defined]  # is not in typeshed
except ImportError:  # Python 3.10
    import sre_parse as parser

if TYPE_CHECKING:
    from collections.abc import Iterable

ALNUM = string.ascii_letters + string.digits
_random = random.Random(7)  # noqa: S311  # the same set in each run


def made(length: int, alphabet: str = ALNUM) -> str:
    return "".join(_random.choice(alphabet) for _ in range(length))


HEX, UPPER, B64 = "0123456789abcdef", string.ascii_uppercase + "234567", ALNUM + "+/"
PEM_BODY = "\n".join(["MIIEpAIBAAKCAQEA" + made(48, B64), *(made(64, B64) for _ in range(6))])
PLANTED = {
    "private key": f"-----BEGIN RSA PRIVATE KEY-----\n{PEM_BODY}\n-----END RSA PRIVATE KEY-----",
    "AWS access key id": f"AKIA{made(16, UPPER)}",
    "AWS secret key": f'aws_secret_access_key = "{made(40, B64)}"',
    "GitHub token": f"ghp_{made(36)}",
    "GitHub fine-grained token": f"github_pat_{made(22)}_{made(59)}",
    "GitLab token": f"glpat-{made(20)}",
    "npm token": f"npm_{made(36)}",
    "PyPI token": f"pypi-AgEIcHlwaS5vcmc{made(70)}",
    "OpenAI key": f"sk-{made(20)}T3BlbkFJ{made(20)}",
    "Anthropic key": f"sk-ant-api03-{made(93)}AA",
    "OpenRouter key": f"sk-or-v1-{made(64, HEX)}",
    "Google API key": f"AIza{made(35)}",
    "Google OAuth secret": f"GOCSPX-{made(28)}",
    "Slack token": f"xoxb-{made(12, string.digits)}-{made(12, string.digits)}-{made(24)}",
    "Slack webhook": f"https://hooks.slack.com/services/T{made(8, UPPER)}/B{made(8, UPPER)}/{made(24)}",
    "Discord webhook": f"https://discord.com/api/webhooks/{made(18, '123456789')}/{made(68)}",
    "Stripe key": f"sk_live_{made(24)}",
    "SendGrid key": f"SG.{made(22)}.{made(43)}",
    "Twilio key": f"SK{made(32, HEX)}",
    "Shopify token": f"shpat_{made(32, HEX)}",
    "Hugging Face token": f"hf_{made(34, string.ascii_letters)}",
    "Groq key": f"gsk_{made(52)}",
    "Grafana token": f"glsa_{made(32)}_{made(8, HEX)}",
    "HashiCorp Vault token": f"hvs.{made(95)}",
    "Databricks token": f"dapi{made(32, HEX)}",
    "DigitalOcean token": f"dop_v1_{made(64, HEX)}",
    "Docker token": f"dckr_pat_{made(27)}",
    "Linear key": f"lin_api_{made(40)}",
    "Notion token": f"ntn_{made(11, string.digits)}{made(35)}",
    "Figma token": f"figd_{made(43)}",
    "Tailscale key": f"tskey-auth-{made(12)}-{made(32)}",
    "Telegram bot token": f"{made(9, '123456789')}:AA{made(33)}",
    "Azure storage key": f"AccountKey={made(86, B64)}==",
    "age key": f"AGE-SECRET-KEY-1{made(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}",
    "JSON web token": f"eyJ{made(20)}.eyJ{made(60)}.{made(43)}",
    "password in a URL": f"postgres://app:{made(14)}@db.internal:5432/app",
    "assigned secret": f'API_KEY = "{made(32)}"',
}
LOOK_ALIKES = [
    "(http|https)://[user[:pass]]@host.domain[:port]/path",
    "https://user:s3cretword9@example.com/x",
    "https://user:12345@host.com",
    'password = "password"',
    'api_key = "your-api-key-goes-here"',
    'token = "xxxxxxxxxxxxxxxxxxxxxxxx"',
    'SECRET_KEY = os.environ["SECRET_KEY"]',
    "secret: ${{ secrets.GITHUB_TOKEN }}",
    "https://user:password@example.com/",
    "https://user:$PASSWORD@host/",
    'token_url = "https://example.com/oauth2/v1/token"',
    "postgres://localhost:5432/db",
    'csrf_token = "csrfmiddlewaretoken"',
    "AKIAIOSFODNN7EXAMPLE",
    'access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    '"integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="',
    "550e8400-e29b-41d4-a716-446655440000",
    'token = "django.contrib.auth.tokens.PasswordReset"',
    "sk-learn",
    "npm_config_registry",
    'data = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"',
    "ghp_short",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----",
    'PASSWORD_HASHER = "pbkdf2_sha256_with_many_rounds"',
    'secret_name = "projects/my-project/secrets/db-password/versions/1"',
    "def get_token_from_request(request, header_name2):",
    'key_password_prompt = "Enter the passphrase for key 1 here"',
    # Of real trees, each once by its kind (tests/bench/secrets/trees.py).
    '"nextToken": "U2FsdGVkX18vvPlOqb7RDrWRWVFBJI46MOIAb"',
    '"ClientRequestToken": "a8ca07e4-61ec-4399-99f4-19853801bcd5"',
    '"clientToken": "a8ca07e4-61ec-4399-99f4-19853801bcd5"',
    '"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="',
    '"ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:MyTestSecret-1a2b3c"',
    'hasValidated.addObjects(["newPassword", "ne2Password"])',
    '"Action": ["kms:GetKey", "kms:List2*"]',
    "__all__ = ('V3Saml2Password', 'V3ADFSPassword')",
    '["V3OidcPassword",\n "V3WebSSO24x7q"]',
    '    "file:///etc/passwd",\n    "magnet:?xt=urn:btih:be08f00302bc2d1d3cfa3af02024fa647a271431",',
    "docker run --link my-mongo:mongo -v vol:/config -p 1337:1337",
    "var _password = _interopRequireDefault(require('../password'));",
    '"access_token": "abc123def456ghi789"',
    'f.write("machine example.com login aaaa password bbbb\\n")',
    "s3://aws_key:aws_secret@bucket",
    "ftp://me:user%40domain.com@host.net",
    'invalid_token = "k9Xz27Qwp4Rt81LmVb3c"',
    '"password_missing": "k9Xz27Qwp4Rt81LmVb3c"',
    '"password": "\\u30c7\\u30d0\\u30a4\\u30b9\\u306eID1"',
    '"password": "Geräteschlüssel2"',
    'assert a.startswith("-----BEGIN PRIVATE KEY-----")\n'
    + "    assert len(a) > 20\n" * 9
    + '"-----END PRIVATE KEY-----"',
    'password = "identity.loading.generic:OAuth2Password"',
    'f"password={hashlib.sha256(value).hexdigest()}"',
    '"password": "*1A01CF8FBE6425398935FB90359AD8B817399102"',
    'pw = "md55a231fcdb710d73268c4f44283487ba2"',
    "In case net user does not return anything",
    "dialect+driver://usuari:contrasenya@amfitrio:port/nom",
    'u = "dbtype://user:passwört@host/x"',
    "ghp_AbCdEfGhIjKlMnOpQrStUvWxYz1234567890",
    'e("label",null,"Password:"),X?He.createElement("b"),"1"',
    "await this.getCredentials('dropboxOAuth2Api')",
    "secret_uuid = 'b38a3f43-4be2-4046-897f-b67c2f5e0147'",
    "GRANT ALL IDENTIFIED BY 'NOVA_DBPASS';",
    "the module identified by 'fullname'",
    '<input name="csrfmiddlewaretoken" value="Z783HTL5Bc2J54WhAtEeR3eefM1FBkq0EbTf">',
    "password_encryption = scram-sha-256",
    "token='UUID=6a38ee50-7235-44e7-8b22-816a403bad5d'",
    'minipass: "npm:^7.0.4"',
    "github.com/a/go-http-auth => github.com/b/go-http-auth v0.4.1-0.20200324110947-a37a7636d23e",
    '"x-amz-credential","Q3AM3UQ867SPQQA43P2F/20210315/us-east-1/s3/aws4_request"',
    "X-Amz-Credential=USWUXHGYZQYFYFFIT3RE%2F20170529%2Fus-east-1%2Fs3%2Faws4_request",
    '"Authorization": "AWS4-HMAC-SHA256 Credential=..."',
    'newSecretKey("PBKDF2WithHmacSHA256")',
    '"Kms-Sealed-Key": "IAAfAP2p7ZLv3UpLwBnsKkF2mtWba0qoY42tymK0szRgGvAxBNcXyHXYooe9dQpe"',
    'CustomerKeyMD5: "bY4wkxQejw9mUJfo72k53A=="',
    'cache_key = "761db2ef8cf25ad06b5203ca47f4f20d"',
    'TRACEPARENT_KEY: "00-ec8af70b445d54387035c27eb182dd22-4a593d8fa95f1902-01"',
    "LARAVEL_ENV_ENCRYPTION_KEY='ponmlkjihgfedcbaponmlkjihgfedcba'",
    'credentials("h4x0rh4x0rh4x0rh4x0rh4x0r")',
    'signKey = "02030405060708090a0b0c"',
    "secret: ZXhhbXBsZS1hcHAtc2VjcmV0",  # example-app-secret
    "secretKey: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDA",  # 0123456789…
    'token "dXNlcjpwYXNzd29yZA=="',  # user:password
    "Authorization: Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW",  # of RFC 6749
    "[[authentication-password-storage-pbkdf2]]\n== Pbkdf2PasswordEncoder",
    'Url("https://google.com:80\\\\@host.com/")',
    '"files_key": "files/a1b2c3d4e5f6.zip"',
    'case "${MVNW_PASSWORD:+has-password}"',
    'SECRET = "MIGeMA0GCSqGSIb3DQEBAQUAA4GMADCBiAKBgHH/ZmiTGrL5aa07KZQxyoEA"',
    "PASSWORD: projects/1234/secrets/PASSWORD1/versions/latest",
    "admin.passwordMtime: 2019-03-20T17:54:53Z",
    "twitter://API_KEY:API_SECRET:ACCESS_TOKEN@default and mailgun+https://KEY:DOMAIN@default",
    "pushover://userKey:appToken@api.host.net",
    "https://untrusted.com:80?@trusted.com",
]


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_masked_in_its_line(kind: str) -> None:
    planted = PLANTED[kind]
    text, found = mask_secrets(
        f"first\nx = '{planted}' # y\nlast\n" if '"' not in planted else f"first\n{planted}\nlast\n"
    )
    assert [(one.kind, one.line) for one in found] == [(kind, 2)]
    assert MASK in text
    assert text.startswith("first\n")
    assert text.endswith("\nlast\n")
    assert text.count("\n") == 3 + planted.count("\n")
    secret = max(re.findall(r"[A-Za-z0-9+/]{14,}", planted.removeprefix("-----BEGIN RSA PRIVATE KEY-----")), key=len)
    assert secret not in text


TOKENS = [rule for rule in rules() if rule.begins and rule.value == "token"]


@pytest.mark.parametrize("rule", TOKENS, ids=lambda rule: f"{rule.kind} {rule.any[0]}")
def test_a_token_of_each_form_is_masked_wherever_it_stands(rule: SecretRule) -> None:
    token = rendered(rule.pattern)
    for before, after in (("", ""), ("x = '", "'"), ("see `", "`."), ("curl https://x.org/?k=", "&a=b"), ("K_", "\n")):
        text, found = mask_secrets(f"first\n{before}{token}{after}\n", "notes.md")
        assert token not in text, (before, token)
        assert [one.line for one in found] == [2]


def rendered(pattern: str) -> str:
    """Return a text that a pattern of a token matches, which is no run of one character."""
    for _ in range(200):
        text = _rendered(parser.parse(pattern.replace("(?i:", "(?:")))
        if re.search(pattern, text):
            return text
    raise AssertionError(pattern)


def _rendered(parts: Iterable[Any]) -> str:
    pieces = []
    for kind, value in parts:
        name = str(kind)
        if name == "LITERAL":
            pieces.append(chr(value))
        elif name == "IN":
            pieces.append(_random.choice(_members(value)))
        elif name == "BRANCH":
            pieces.append(_rendered(_random.choice(value[1])))
        elif name == "SUBPATTERN":
            pieces.append(_rendered(value[3]))
        elif name == "MAX_REPEAT":
            pieces += [_rendered(value[2]) for _ in range(max(value[0], min(value[1], 1)))]
    return "".join(pieces)


def _members(ranges: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for kind, value in ranges:
        if str(kind) == "RANGE":
            found += map(chr, range(value[0], value[1] + 1))
        elif str(kind) == "CATEGORY":
            found += string.digits
        else:
            found.append(chr(value))
    return found


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.kind} {rule.any[0]}")
def test_re2_finds_the_outline_of_each_rule(rule: SecretRule) -> None:
    assert re2.compile(rule.outline)
    assert not re.search(r"\(\?<?[=!]", rule.outline)


def test_every_rule_has_a_source() -> None:
    data = secret_data()
    assert all(one["source"] for one in (*data["rule"], *data["token"]))


@pytest.mark.parametrize("plain", LOOK_ALIKES)
def test_a_look_alike_is_let_be(plain: str) -> None:
    assert mask_secrets(f"a\n{plain}\nb\n", "settings.yaml")[1] == []


def test_a_type_in_code_is_no_password() -> None:
    line = "  AdminPassword: XmlStringMaxLen256;\n"
    assert mask_secrets(line, "emr.d.ts")[1] == []
    assert mask_secrets(line, "emr.yaml")[1] != []


@pytest.mark.parametrize("name", [".env", "app.yaml", "conf/settings.ini", "Dockerfile"])
def test_settings_need_no_quotes(name: str) -> None:
    value = made(24)
    text, found = mask_secrets(f"DEBUG=1\nDB_PASSWORD={value}\n", name)
    assert (text, found[0].line) == (f"DEBUG=1\nDB_PASSWORD={MASK}\n", 2)


def test_without_re2_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join([*PLANTED.values(), "é", *LOOK_ALIKES, *ASSIGNED])
    fast = mask_secrets(text)
    monkeypatch.setattr(secrets, "_screen", secrets._ByText)  # as where it is not installed
    assert mask_secrets(text) == fast


@pytest.mark.real
def test_kingfisher_masks_too() -> None:
    text, found = kingfisher_scanner()(f"a é\ntoken = '{PLANTED['GitHub token']}'\nb\n", "x.py")
    assert [one.line for one in found] == [2]
    assert text == f"a é\ntoken = '{MASK}'\nb\n"


UNITS = [
    "-----BEGIN PRIVATE KEY-----", "://", "secret", "password: ", "eyJ", "_authToken ", "-a", "\"'", "A", "a1", "a1/", "\\n",
    "key, value ", "token:\n", "curl -u a ", "password=", "machine x login ", "Authorization: ", "<password>", "kind: Secret\n",
    "xoxb-1", "AKIA", "mysql -u x ", "sk-ant-", "a.b@", "'key", "|", "key=a\t", "Basic aaaa", " ", "s.a", "dp.pt.",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_no_text_costs_more_than_its_length(unit: str) -> None:
    """Four times the text takes about four times the time, and never a second for 200 KB."""
    mask_secrets("warm", "x.yaml")
    spent = []
    for size in (50_000, 200_000):
        text = f"password = {unit}" + unit * (size // len(unit))
        began = time.process_time()
        mask_secrets(text, "x.yaml")
        spent.append(time.process_time() - began)
    assert spent[1] < max(spent[0] * 9, 0.3)


@given(st.text(max_size=300))
def test_lines_stay_lines(text: str) -> None:
    masked, found = mask_secrets(f"{text}\nghp_{'a1B2' * 9}\n{text}")
    assert masked.count("\n") == 2 + 2 * text.count("\n")
    assert "GitHub token" in {one.kind for one in found}


@pytest.mark.parametrize(
    "text",
    [
        'u = "redis://:k9Xz27Qwp4Rt81@cache:6379"',
        'u = "postgres://app:S3cr:et9xQ@db.host/x"',
        f"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlAAAAAAAAAA{made(300, B64)}\n-----END OPENSSH PRIVATE KEY-----",
        "items:\n  - token: k9Xz27Qwp4Rt81LmVb3c",
        "DB_PASSWORD=k9Xz27Qwp4Rt81LmVb3c # prod",
        "TOKEN=k9Xz27Qwp4Rt81LmVb3c\r",
        "password: Schlüssel2024!",
        "machine db.internal login app password k9Xz27",
        "create user app identified by 'tiger7'",
        "GRANT ALL TO app IDENTIFIED BY 'devstack'",
        "net user app k9Xz27 /add",
        'setting("password", "k9Xz27Qwp4Rt81LmVb3c")',
        f'startswith("-----BEGIN PRIVATE KEY-----")\n{PLANTED["private key"]}',
    ],
)
def test_other_forms_are_masked_too(text: str) -> None:
    masked, found = mask_secrets(f"a\n{text}\nb\n", "app.yaml")
    assert found
    assert masked.count("\n") == text.count("\n") + 3
