<?php
//# Deep nesting ends in a refusal or a value, never in a used-up stack.
//# stderr: exited 0
$a = [];
for ($i = 0; $i < 200000; $i++) {
    $a = [$a];
}
return $a;
