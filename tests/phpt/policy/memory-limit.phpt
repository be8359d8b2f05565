--TEST--
A guest's memory limit is the host's unless an option says less; a job's own ini_set counts for that job
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach ([['memory_limit' => '48M'], ['memory_limit' => '-1']] as $ini) {
    ended(php('$vm = FfiZts::boot(["threads" => 1]);
        $look = script("return ini_get(\"memory_limit\");");
        echo $vm->runScript($look)->value, " ";
        echo $vm->runScript(script("ini_set(\"memory_limit\", \"40M\"); return ini_get(\"memory_limit\");"))->value, " ";
        echo $vm->runScript($look)->value;', $ini));
}
ended(php('echo FfiZts::boot(["ini" => ["memory_limit" => "40M"]])->runScript(script("return ini_get(\"memory_limit\");"))->value;', ['memory_limit' => '48M']));
?>
--EXPECT--
status 0: 48M 40M 48M
status 0: -1 40M -1
status 0: 40M
