"""Lists that decide what is packed: data, each with its source."""

# repomix 1.18.1, `defaultIgnoreList` in its documentation ("Default patterns"); globs relative to
# the packed folder.
DEFAULT_IGNORES = (
    ".git/**",
    ".hg/**",
    ".hgignore",
    ".svn/**",
    "**/node_modules/**",
    "**/bower_components/**",
    "**/jspm_packages/**",
    "vendor/**",
    "**/.bundle/**",
    "**/.gradle/**",
    "target/**",
    "logs/**",
    "**/*.log",
    "**/npm-debug.log*",
    "**/yarn-debug.log*",
    "**/yarn-error.log*",
    "pids/**",
    "*.pid",
    "*.seed",
    "*.pid.lock",
    "lib-cov/**",
    "coverage/**",
    ".nyc_output/**",
    ".grunt/**",
    ".lock-wscript",
    "build/Release/**",
    "typings/**",
    "**/.npm/**",
    ".eslintcache",
    ".rollup.cache/**",
    ".webpack.cache/**",
    ".parcel-cache/**",
    ".sass-cache/**",
    "*.cache",
    ".node_repl_history",
    "*.tgz",
    "**/.yarn/**",
    "**/.yarn-integrity",
    ".env",
    ".next/**",
    ".nuxt/**",
    ".vuepress/dist/**",
    ".serverless/**",
    ".fusebox/**",
    ".dynamodb/**",
    "dist/**",
    "**/.DS_Store",
    "**/Thumbs.db",
    ".idea/**",
    ".vscode/**",
    "**/*.swp",
    "**/*.swo",
    "**/*.swn",
    "**/*.bak",
    "build/**",
    "out/**",
    "tmp/**",
    "temp/**",
    "**/repomix-output.*",
    "**/repopack-output.*",
    "**/package-lock.json",
    "**/yarn-error.log",
    "**/yarn.lock",
    "**/pnpm-lock.yaml",
    "**/bun.lockb",
    "**/bun.lock",
    "**/__pycache__/**",
    "**/*.py[cod]",
    "**/venv/**",
    "**/.venv/**",
    "**/.pytest_cache/**",
    "**/.mypy_cache/**",
    "**/.ipynb_checkpoints/**",
    "**/Pipfile.lock",
    "**/poetry.lock",
    "**/uv.lock",
    "**/Cargo.lock",
    "**/Cargo.toml.orig",
    "**/target/**",
    "**/*.rs.bk",
    "**/composer.lock",
    "**/Gemfile.lock",
    "**/go.sum",
    "**/mix.lock",
    "**/stack.yaml.lock",
    "**/cabal.project.freeze",
)

# Extensions (without the dot) whose files are never looked into: repomix 1.18.1, from the npm
# package binary-extensions.
_BINARY = (
    "3dm 3ds 3g2 3gp 7z a aac adp afdesign afphoto afpub ai aif aiff alz ape apk appimage ar arj "
    "asf au avi "
    "bak baml bh bin bk bmp btif bz2 bzip2 cab caf cgm class cmx cpio cr2 cr3 cur dat dcm dds deb "
    "dex djvu "
    "dll dmg dng doc docm docx dot dotm dra DS_Store dsk dts dtshd dvb dwg dxf dylib ecelp4800 "
    "ecelp7470 "
    "ecelp9600 egg eol eot epub exe f4v fbs fh fla flac flatpak fli flv fpx fst fvt g3 gh gif "
    "graffle gz gzip "
    "h261 h263 h264 icns ico ief img ipa iso jar jpeg jpg jpgv jpm jxr key ktx lha lib lvp lz lzh "
    "lzma lzo "
    "m3u m4a m4v mar mdi mht mid midi mj2 mka mkv mmr mng mobi mov movie mp3 mp4 mp4a mpeg mpg "
    "mpga msi msp "
    "mxu nef npx numbers nupkg o odp ods odt oga ogg ogv otf ott p12 pages pbm pcx pdb pdf pea pfx "
    "pgm pic "
    "png pnm pot potm potx ppa ppam ppm pps ppsm ppsx ppt pptm pptx psd pya pyc pyo pyv qt rar ras "
    "raw "
    "resources rgb rip rlc rmf rmvb rpm rtf rz s3m s7z scpt sgi shar snap sil sketch slk smv snk "
    "so sqlite "
    "sqlite3 stl suo sub swf tar tbz tbz2 tga tgz thmx tif tiff tlz ttc ttf txz udf uvh uvi uvm "
    "uvp uvs uvu "
    "viv vob war wasm wav wax wbmp wdp weba webm webp whl wim wm wma wmv wmx woff woff2 wrm wvx "
    "xbm xif xla "
    "xlam xls xlsb xlsm xlsx xlt xltm xltx xm xmind xpi xpm xwd xz z zip zipx "
)
BINARY_EXTENSIONS = frozenset(_BINARY.lower().split())

# Extensions whose blank lines `--remove-empty-lines` drops: those of which repomix 1.18.1 knows the
# comments.
EMPTY_LINES_DROPPED = frozenset(
    [
        "c",
        "cc",
        "cjs",
        "cpp",
        "cs",
        "css",
        "cts",
        "cxx",
        "dart",
        "go",
        "h",
        "hpp",
        "html",
        "java",
        "js",
        "jsx",
        "kt",
        "less",
        "mjs",
        "mjsx",
        "mts",
        "mtsx",
        "php",
        "py",
        "rb",
        "rs",
        "sass",
        "scss",
        "sh",
        "sol",
        "sql",
        "svelte",
        "swift",
        "ts",
        "tsx",
        "vue",
        "xml",
        "yaml",
        "yml",
    ]
)
