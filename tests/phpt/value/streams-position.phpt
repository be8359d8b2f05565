--TEST--
Values: a file that crosses keeps its position, on both sides and through reads and writes by turns; what was read ahead is given back
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$lines = implode('', array_map(fn (int $n): string => "line $n\n", range(1, 4000))); // more than is read at once
$file = fn (string $mode, string $content = '') => [file_put_contents(tmp('file'), $content), fopen(tmp('file'), $mode)][1];

echo "Standard output, redirected to a file:\n";
$code = <<<'PHP'
echo "one\n";
$vm = FfiZts::boot();
$vm->run(function ($out) { fwrite($out, "from the task\n"); }, [STDOUT])->await();
echo "two\n";
$vm->run(function () { fwrite(STDOUT, "three\n"); })->await();
$vm->run(fn ($out) => FfiZts::boot()->run(fn ($out) => fwrite($out, "four\n"), [$out])->await() . fwrite($out, "five\n"), [STDOUT])->await();
fwrite(STDOUT, "six\n");
echo "seven\n";
PHP;
$command = implode(' ', array_map(escapeshellarg(...), [...php_command(), script($code)]));
exec("$command > " . escapeshellarg(tmp('out')));
echo file_get_contents(tmp('out'));

echo "Written by turns, and after another task has read all:\n";
$f = $file('r+', "read me\n");
echo $vm->run(fn ($f) => stream_get_contents($f), [$f])->await();
$vm->run(function ($f) { fwrite($f, "task\n"); }, [$f])->await();
fwrite($f, "host\n");
$vm->run(function ($f) { fwrite($f, "task again\n"); }, [$f])->await();
echo file_get_contents(tmp('file'));

echo "Read by turns:\n";
$f = $file('r', $lines);
$read = [];
for ($i = 0; $i < 4; $i++) {
    $read[] = trim(fgets($f));
    $read[] = trim($vm->run(fn ($f) => fgets($f), [$f])->await());
}
echo implode(', ', $read), "\n";
$back = $vm->run(function ($f) { fgets($f); return $f; }, [$f])->await();
echo trim(fgets($back)), ' and, once that is closed, ', fclose($back) ? trim(fgets($f)) : '', "\n";

echo "A line is read, then the rest is written anew:\n";
$f = $file('r+', "1\n2\n3\n4\n");
$vm->run(fn ($f) => fgets($f), [$f])->await();
echo fgets($f);
fwrite($f, "X\n");
echo str_replace("\n", ' ', file_get_contents(tmp('file'))), 'at ', ftell($f), "\n";
[$there, $at] = $vm->run(fn ($f) => [fgets($f), ftell($f)], [$f])->await();
echo trim($there), " at $at\n";

echo "A child process gets it where it is:\n";
$f = $file('w+');
fwrite($f, "host\n");
$vm->run(function ($f) { fwrite($f, "task\n"); }, [$f])->await();
proc_close(proc_open(['echo', 'child'], [1 => $f], $pipes));
$vm->run(function ($f) { proc_close(proc_open(['echo', 'child of a task'], [1 => $f], $pipes)); }, [$f])->await();
fwrite($f, "host\n");
echo file_get_contents(tmp('file'));

echo "As it was opened and read:\n";
$f = $file('c+', 'content');
stream_set_chunk_size($f, 3);
fread($f, 100);
fread($f, 100);
$about = function ($f): array {
    $data = stream_get_meta_data($f);
    return [basename($data['uri'] ?? 'none'), $data['wrapper_type'] ?? 'none', $data['stream_type'], $data['mode'], $data['eof'],
        $data['seekable'], ftell($f)];
};
$same = fn ($stream) => $vm->run($about, [$stream])->await() === $about($stream) ? json_encode($about($stream)) : json_encode([$vm->run($about, [$stream])->await(), $about($stream)]);
$temporary = tmpfile();
echo $same($f), "\n", strtr($same($temporary), [basename(stream_get_meta_data($temporary)['uri']) => 'temporary']), "\n";
echo $same(STDERR), "\n", $same(stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0)[0]), "\n";
$pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
stream_set_timeout($pair[0], 0, 1000);
var_dump($vm->run(fn ($socket) => [fread($socket, 1), stream_get_meta_data($socket)['timed_out']], [$pair[0]])->await());

echo "One stream in several places is one:\n";
$f = $file('r', $lines);
[$one, $other, $third] = $vm->run(fn ($all) => [$all[0] === $all[1][0], trim(fgets($all[0])), trim(fgets($all[1][0]))], [[$f, [$f]]])->await();
echo json_encode([$one, $other, $third]), "\n";
$copies = $vm->run(fn ($f) => [$f, (object) ['f' => $f]], [$f])->await();
var_dump($copies[0] === $copies[1]->f);
?>
--EXPECT--
Standard output, redirected to a file:
one
from the task
two
three
four
five
six
seven
Written by turns, and after another task has read all:
read me
read me
task
host
task again
Read by turns:
line 1, line 2, line 3, line 4, line 5, line 6, line 7, line 8
line 10 and, once that is closed, line 11
A line is read, then the rest is written anew:
2
1 2 X 4 at 6
4 at 8
A child process gets it where it is:
host
task
child
child of a task
host
As it was opened and read:
["file","plainfile","STDIO","c+",true,true,7]
["temporary","plainfile","STDIO","r+b",false,true,0]
["stderr","PHP","STDIO","wb",false,false,false]
["none","none","generic_socket","r+",false,false,0]
array(2) {
  [0]=>
  bool(false)
  [1]=>
  bool(true)
}
One stream in several places is one:
[true,"line 1","line 2"]
bool(true)
