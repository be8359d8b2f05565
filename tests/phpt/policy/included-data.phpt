--TEST--
A confined job includes data: where its host does, and where its host does not it does not
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('in'));
$code = '$look = fn () => [@include "data:text/plain,%3C%3Fphp%20return%201%3B", @include "data://text/plain,%3C%3Fphp%20return%202%3B", @include "/a:/nothing.php", @include "date:x"];
    echo json_encode([$look(), FfiZts::boot()->run($look)->await()]), "\n";';
foreach ([0, 1] as $allowed) {
    echo "$allowed: ", preg_replace('/.*Deprecated:.*\n|^\n/m', '', run([...php_command(['open_basedir' => tmp('in'), 'allow_url_include' => $allowed]), '-r', $code])['out']);
}
?>
--EXPECT--
0: [[false,false,false,false],[false,false,false,false]]
1: [[1,2,false,false],[1,2,false,false]]
