--TEST--
Files: include in all its forms, __COMPILER_HALT_OFFSET__, a phar, a script that reads and rewrites itself
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot();
script('return __FILE__ . __LINE__;', 'part.php');
mkdir(tmp('sub'));
script('return [basename(include "../part.php"), basename(require_once __DIR__ . "/../part.php"), include_once "../part.php", @include "missing.php"];', 'sub/nested.php');
echo json_encode($vm->runScript(script('chdir(__DIR__ . "/sub"); return include "nested.php";'))->value), "\n";
echo $vm->runScript(script("\$f = fopen(__FILE__, 'r'); fseek(\$f, __COMPILER_HALT_OFFSET__); return trim(stream_get_contents(\$f)); __halt_compiler(); data after the end"))->value, "\n";
echo $vm->runScript(script('file_put_contents(__FILE__, "<?php return 2;"); return 1 . include __FILE__;'))->value, "\n";
echo $vm->runScript(script('return include "data://text/plain,x";', 'data.php'))->value === false ? "no url include\n" : "url include\n";
?>
--EXPECTF--
["part.php2","1",true,false]
data after the end
12

Warning: include(): data:// wrapper is disabled in the server configuration by allow_url_include=0 in %s on line 2

Warning: include(data://text/plain,x): Failed to open stream: no suitable wrapper could be found in %s on line 2

Warning: include(): Failed opening 'data://text/plain,x' for inclusion (include_path='%s') in %s on line 2
no url include
