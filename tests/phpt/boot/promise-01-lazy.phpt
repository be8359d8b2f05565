--TEST--
Promise 1: loading the extension, and boot() without a job, change nothing in the process
--FILE--
<?php
require __DIR__ . '/../support.inc';

$photograph = '
    $photo = Probe::photograph();
    unset($photo["environment"]);
    echo preg_replace(["/(pipe|socket|anon_inode):\\[\\w+\\]/", "/\\/[^\\"]*script\\d+\\.php/"], "x", json_encode($photo, JSON_UNESCAPED_SLASHES)), "\n";';
$with = script('require ' . var_export(dirname(__DIR__) . '/support.inc', true) . ';' . $photograph . 'FfiZts::boot();' . $photograph);
$without = script('require ' . var_export(dirname(__DIR__) . '/support.inc', true) . ';' . $photograph);

$plain = run([PHP_BINARY, '-n', $without]);
$loaded = run([...php_command(), $with]);
[$before, $after] = explode("\n", $loaded['out']) + ['', ''];
echo $plain['status'], ' ', $loaded['status'], "\n";
echo trim($plain['out']) === $before ? "loading changed nothing\n" : "without: {$plain['out']}with: {$loaded['out']}";
$before = json_decode($before, true);
$after = json_decode($after, true);
// boot() checks files; it may keep descriptors of what it checked, so that nobody can swap them before the first job.
unset($before['fds'], $after['fds']);
echo $before === $after ? "boot() changed nothing\n" : json_encode([$before, $after]);
var_dump($after['threads'], $after['libphp'], $loaded['err']);
?>
--EXPECT--
0 0
loading changed nothing
boot() changed nothing
int(1)
bool(false)
string(0) ""
