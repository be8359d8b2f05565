--TEST--
The working directory of jobs is each one's own, for PHP's functions and for what goes past PHP
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

chdir(tmp());
foreach (['a', 'b', 'c'] as $name) {
    mkdir($name);
}
$vm = FfiZts::boot(['threads' => 3]);
$job = script(<<<'PHP'
    [, $root, $name] = $argv;
    $seen = [getcwd() === $root];
    chdir($name);
    touch("$root/in-$name");
    while (count(glob("$root/in-*")) < 3) usleep(500);
    file_put_contents('own.txt', $name);
    rename('own.txt', 'renamed.txt');
    mkdir('d');
    symlink('renamed.txt', 'link');
    $db = new SQLite3('own.db');
    $db->exec("create table t (x); insert into t values ('$name')");
    $seen[] = getcwd() === "$root/$name";
    $seen[] = realpath('.') === "$root/$name";
    $seen[] = file_get_contents('link') === $name;
    $seen[] = array_values(array_diff(scandir('.'), ['.', '..'])) === ['d', 'link', 'own.db', 'renamed.txt'];
    $seen[] = count(glob('*')) === 4 && count(iterator_to_array(new DirectoryIterator('.'))) === 6;
    $seen[] = trim(shell_exec('pwd')) === "$root/$name";
    $seen[] = (new SplFileObject('link'))->fgets() === $name;
    $document = new DOMDocument;
    $document->loadXML("<x>$name</x>");
    $document->save('x.xml');
    $seen[] = simplexml_load_file("$root/$name/x.xml")->__toString() === $name;
    return $seen;
    PHP);
$futures = [];
foreach (['a', 'b', 'c'] as $name) {
    $futures[$name] = $vm->startScript($job, [tmp(), $name]);
}
foreach ($futures as $name => $future) {
    echo $name, ' ', json_encode($future->await()->value), "\n";
}
echo getcwd() === tmp() ? "as before\n" : getcwd();
// The host's directory at the moment of starting counts.
chdir('a');
echo basename($vm->runScript(script('return getcwd();'))->value), "\n";
chdir('/');
rmdir(tmp('a/d'));
echo $vm->runScript(script('return getcwd();'))->value, "\n";
?>
--EXPECT--
a [true,true,true,true,true,true,true,true,true]
b [true,true,true,true,true,true,true,true,true]
c [true,true,true,true,true,true,true,true,true]
as before
a
/
