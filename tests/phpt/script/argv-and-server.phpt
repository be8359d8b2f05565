--TEST--
A script sees $argv, $argc, $_SERVER, the working directory and the include path as the CLI has them
--FILE--
<?php
require __DIR__ . '/../support.inc';

chdir(tmp());
mkdir('lib');
script('return "from the include path";', 'lib/found.php');
script('return "beside";', 'beside.php');
$file = script(<<<'PHP'
    function inner() { return $GLOBALS['argv']; }
    return [
        'argv' => $argv, 'argc' => $argc, 'server' => $_SERVER['argv'], 'inner' => inner(),
        'self' => $_SERVER['PHP_SELF'], 'script' => $_SERVER['SCRIPT_FILENAME'], 'time' => abs($_SERVER['REQUEST_TIME'] - time()) < 60,
        'root' => $_SERVER['DOCUMENT_ROOT'], 'file' => __FILE__, 'dir' => __DIR__, 'cwd' => getcwd(), 'beside' => include 'beside.php',
        'path' => include 'lib/found.php', 'included' => get_included_files(), 'globals' => [count($_GET), count($_POST), count($_COOKIE), count($_FILES)],
    ];
    PHP, 'main.php');
$vm = FfiZts::boot();
$show = fn ($value) => print plain(json_encode($value, JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT)) . "\n";
$show($vm->runScript($file, ['a', '', "b c\n", '--d', "\xff" === '' ? '' : 'é'])->value);
// By a relative name; keys of the list of arguments do not matter, numbers become text.
$value = $vm->runScript('main.php', ['x' => 5, 'y' => 1.5, 'z' => true])->value;
$show([$value['argv'], $value['self'], $value['file'], $value['cwd']]);
chdir('lib');
$value = $vm->runScript('../main.php')->value;
$show([$value['argv'], $value['argc'], $value['file'], $value['cwd']]);
thrown(fn () => $vm->runScript($file, [['nested']]));
thrown(fn () => $vm->runScript($file, [new stdClass]));
// Bytes stay bytes, and there may be many of them.
$value = $vm->runScript(script('return [bin2hex($argv[1]), strlen($argv[2]), count($argv)];'), ["\xff\xfe\x01", str_repeat('x', 1 << 20), ...range(1, 10000)])->value;
$show($value);
?>
--EXPECTF--
{
    "argv": [
        "{tmp}/main.php",
        "a",
        "",
        "b c\n",
        "--d",
        "%s"
    ],
    "argc": 6,
    "server": [
        "{tmp}/main.php",
        "a",
        "",
        "b c\n",
        "--d",
        "%s"
    ],
    "inner": [
        "{tmp}/main.php",
        "a",
        "",
        "b c\n",
        "--d",
        "%s"
    ],
    "self": "{tmp}/main.php",
    "script": "{tmp}/main.php",
    "time": true,
    "root": "",
    "file": "{tmp}/main.php",
    "dir": "{tmp}",
    "cwd": "{tmp}",
    "beside": "beside",
    "path": "from the include path",
    "included": [
        "{tmp}/main.php",
        "{tmp}/beside.php",
        "{tmp}/lib/found.php"
    ],
    "globals": [
        0,
        0,
        0,
        0
    ]
}
[
    [
        "main.php",
        "5",
        "1.5",
        "1"
    ],
    "main.php",
    "{tmp}/main.php",
    "{tmp}"
]
[
    [
        "../main.php"
    ],
    1,
    "{tmp}/main.php",
    "{tmp}/lib"
]
FfiZts\Error: %s$argv[0]%s
FfiZts\Error: %s$argv[0]%s
[
    "fffe01",
    1048576,
    10003
]
