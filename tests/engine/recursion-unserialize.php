<?php
//# stdout: survived
//# options: --ini unserialize_max_depth=0 --ini memory_limit=512M
$depth = 20000;
unserialize(str_repeat('a:1:{i:0;', $depth) . 'i:1;' . str_repeat('}', $depth));
json_decode(str_repeat('[', 5000) . str_repeat(']', 5000), true, 10000);
@eval('return ' . str_repeat('(', 5000) . '1' . str_repeat(')', 5000) . ';');
echo "survived\n";
