--TEST--
Promise 9: memory_limit is compared as PHP reads it, in any base; what cannot be told is not taken for "no limit"
--FILE--
<?php
require __DIR__ . '/../support.inc';

$guest = var_export(script('$parts = []; $n = 0; register_shutdown_function(function () use (&$n, &$parts) { $parts = []; echo $n; });
    ini_set("display_errors", 0); for (; $n < 200; $n++) $parts[] = str_repeat("x", 1 << 20);'), true);
foreach (['0x2000000', '0b10000000000000000000000000', '0o200000000', '0200000000', '32 M', '32M', '33554432'] as $host) {
    // What PHP would not set, as it is too small or no quantity, leaves its default, 128M.
    foreach (['-1', '1G', '0x40000000', '1M', '0', '64MB', '16M', '0x1000000'] as $given) {
        $process = php('try { FfiZts::boot(["ini" => ["memory_limit" => ' . var_export($given, true) . ']])->runScript(' . $guest . '); }
            catch (FfiZts\PolicyException $e) { echo "refused"; } catch (FfiZts\ScriptException $e) { }', ['memory_limit' => "\"$host\"", 'open_basedir' => '/']);
        $ends[$given] = "$given $process[out]";
    }
    echo "$host: ", implode(', ', $ends), "\n";
}
?>
--EXPECT--
0x2000000: -1 refused, 1G refused, 0x40000000 refused, 1M refused, 0 refused, 64MB refused, 16M 8, 0x1000000 8
0b10000000000000000000000000: -1 refused, 1G refused, 0x40000000 refused, 1M refused, 0 refused, 64MB refused, 16M 8, 0x1000000 8
0o200000000: -1 refused, 1G refused, 0x40000000 refused, 1M refused, 0 refused, 64MB refused, 16M 8, 0x1000000 8
0200000000: -1 refused, 1G refused, 0x40000000 refused, 1M refused, 0 refused, 64MB refused, 16M 8, 0x1000000 8
32 M: -1 refused, 1G refused, 0x40000000 refused, 1M refused, 0 refused, 64MB refused, 16M 8, 0x1000000 8
32M: -1 refused, 1G refused, 0x40000000 refused, 1M refused, 0 refused, 64MB refused, 16M 8, 0x1000000 8
33554432: -1 refused, 1G refused, 0x40000000 refused, 1M refused, 0 refused, 64MB refused, 16M 8, 0x1000000 8
