--TEST--
curl's progress functions are called as ever, though ours stands before them: both kinds, copies, after curl_reset(), and an abort
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
if (!FfiZts::boot()->run('extension_loaded', ['curl'])->await()) { die('skip no curl in the guest'); } ?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

file_put_contents(tmp('page'), str_repeat('x', 100_000));
$vm = FfiZts::boot(['threads' => 1]);
echo $vm->run(static function (string $url): string {
    $said = '';
    $calls = [];
    $counts = static function (string $name, int $answer = 0) use (&$calls): Closure {
        return static function ($handle, $toLoad, $loaded, $toSend, $sent) use (&$calls, $name, $answer): int {
            $calls[$name] = [$handle instanceof CurlHandle, $toLoad, $loaded, $toSend, $sent];
            return $answer;
        };
    };
    $performs = static function (CurlHandle $handle) use (&$calls): string {
        $calls = [];
        $got = curl_exec($handle);
        return json_encode([is_string($got) ? strlen($got) : $got, curl_errno($handle), $calls]) . "\n";
    };
    $handle = curl_init($url);
    curl_setopt($handle, CURLOPT_RETURNTRANSFER, true);
    $said .= 'none: ' . $performs($handle);
    curl_setopt($handle, CURLOPT_PROGRESSFUNCTION, $counts('old'));
    $said .= 'not shown: ' . $performs($handle);
    curl_setopt($handle, CURLOPT_NOPROGRESS, false);
    $said .= 'old: ' . $performs($handle);
    $copy = curl_copy_handle($handle);
    $said .= 'copy: ' . $performs($copy);
    if (defined('CURLOPT_XFERINFOFUNCTION')) {
        curl_setopt($handle, CURLOPT_XFERINFOFUNCTION, $counts('new'));
    }
    $said .= 'new: ' . strtr($performs($handle), ['"old"' => '"new"']);
    curl_setopt($copy, CURLOPT_PROGRESSFUNCTION, $counts('abort', 1));
    $said .= 'abort: ' . $performs($copy);
    curl_reset($copy);
    curl_setopt_array($copy, [CURLOPT_URL => $url, CURLOPT_RETURNTRANSFER => true]);
    $said .= 'reset: ' . $performs($copy);
    return $said;
}, ['file://' . tmp('page')])->await();
?>
--EXPECT--
none: [100000,0,[]]
not shown: [100000,0,[]]
old: [100000,0,{"old":[true,100000,100000,0,0]}]
copy: [100000,0,{"old":[true,100000,100000,0,0]}]
new: [100000,0,{"new":[true,100000,100000,0,0]}]
abort: [false,42,{"abort":[true,0,0,0,0]}]
reset: [100000,0,[]]
