--TEST--
Values: heaps, priority queues, SplFileInfo and SplTempFileObject cross with their data, by whatever class they are of; what has a file or directory open is refused
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$classes = script(<<<'PHP'
class ByLength extends SplHeap {
    public array $seen = [];
    private string $name = 'by length';
    public int $compared = 0;
    protected function compare(mixed $one, mixed $two): int { $this->compared++; return strlen($two->text) <=> strlen($one->text); }
    #[ReturnTypeWillChange] public function insert($value) { $this->seen[] = $value; return parent::insert($value); }
}
class Word { public function __construct(public string $text) {} public function __wakeup() { $this->text .= '!'; } }
class Least extends SplPriorityQueue { public ?self $inner = null; public function compare(mixed $one, mixed $two): int { return $two <=> $one; } }
class Failing extends SplMinHeap { public static bool $fails = false; protected function compare(mixed $one, mixed $two): int { return self::$fails ? throw new LogicException('compare') : parent::compare($one, $two); } }
class Found extends SplFileInfo { public function __construct(string $file, private string $relative) { parent::__construct($file); } public function relative(): string { return $this->relative; } }
class Opened extends SplFileObject {}
class Holding extends Exception { public function __construct(public $one = null, public $two = null) { parent::__construct('holding'); } }
class Log extends SplTempFileObject { public $extra = 'extra'; }
PHP, 'classes.php');
require $classes;
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $classes]);
$there = fn (callable $do, mixed ...$values) => $vm->run($do, $values)->await();
$back = fn (mixed $value) => $vm->run(fn (mixed $value) => $value, [$value])->await();
$all = fn (Iterator $heap) => json_encode(iterator_to_array($heap, false));

// Heaps.
foreach ([new SplMinHeap(), new SplMaxHeap()] as $heap) {
    foreach ([5, 1, 4, 1, 3, [2], 2.5] as $value) {
        $heap->insert($value);
    }
    $copy = clone $heap;
    $here = $all(clone $heap);
    echo $heap::class, ' ', var_export($there($all, $heap) === $here, true), ' ', var_export($all($back($heap)) === $here, true), ' ', count($heap), ' ', $here, "\n";
}
echo count($back(new SplMinHeap())), " elements\n";
$heap = new ByLength();
foreach (['four', 'a', 'sevenly', 'to'] as $word) {
    $heap->insert(new Word($word));
}
echo $there(fn (ByLength $heap) => implode(' ', array_map(fn ($w) => $w->text, iterator_to_array($heap, false))) . ', ' . count($heap->seen) . ' ' . implode(' ', (array) $heap->seen[0]), clone $heap), "\n";
$compared = $heap->compared;
$same = $back($heap);
echo $same->top() === $same->seen[1] ? 'the same objects' : 'others', ', ', $same->compared > $compared ? 'compared as the class does' : 'not compared', ', ', ((array) $same)["\0ByLength\0name"], "\n";
$heap = new SplMinHeap();
$heap->insert($heap);
$same = $back($heap);
var_dump($same->top() === $same);

// Priority queues.
$queue = new SplPriorityQueue();
foreach (['low' => 1, 'high' => 9, 'middle' => 5, 'as high' => 9, 'list' => [1, 2]] as $data => $priority) {
    $queue->insert($data, $priority);
}
$queue->setExtractFlags(SplPriorityQueue::EXTR_BOTH);
$here = $all(clone $queue);
var_dump($there($all, $queue) === $here, $all($back($queue)) === $here, $queue->count());
$least = new Least();
$least->inner = new Least();
$least->inner->insert('inner', 1);
$least->insert('b', 2);
$least->insert('a', 1);
$least->insert($least, 3);
echo $there(fn (Least $least) => $least->extract() . $least->extract() . $least->inner->top() . var_export($least->top() === $least, true), $least), "\n";

// A comparison that throws.
$failing = new Failing();
array_map($failing->insert(...), [3, 2, 1]);
$there(function () { Failing::$fails = true; });
thrown(fn () => $there(fn ($heap) => 1, $failing));
Failing::$fails = true;
try {
    $failing->insert(0);
} catch (LogicException) {
}
Failing::$fails = false;
thrown(fn () => $vm->run('abs', [$failing]));

// Names of files.
foreach ([new SplFileInfo('/tmp/directory/file.txt'), new SplFileInfo(''), new SplFileInfo('relative/'), new Found('/a/b.php', 'b.php')] as $file) {
    $tell = fn (SplFileInfo $file) => [$file::class, $file->getPathname(), $file->getPath(), $file->getFilename(), $file->getExtension(), (string) $file, $file instanceof Found ? $file->relative() : ''];
    echo var_export($there($tell, $file) === $tell($file) && $tell($back($file)) === $tell($file), true), ' ';
}
$file = new SplFileInfo(__FILE__);
$file->setInfoClass(Found::class);
$file->setFileClass(Opened::class);
echo $there(fn (SplFileInfo $file) => get_class($file->openFile()), $file), ' ', get_class($back($file)->openFile()), "\n";
$unmade = (new ReflectionClass('Found'))->newInstanceWithoutConstructor();
var_dump($back($unmade)->getPathname() === $unmade->getPathname());

// Temporary files.
foreach ([[], [-1], [0], [20]] as $arguments) {
    foreach ([SplTempFileObject::class, Log::class] as $class) {
        $temporary = new $class(...$arguments);
        $temporary->fwrite("one,1\ntwo,2\n\nthree,3\n");
        $temporary->fseek(4);
        $tell = fn (SplTempFileObject $file) => [$file::class, $file->ftell(), $file->fread(3), $file->eof(), $file->getPathname(), $file->getPath(), $file->getFilename(), $file->extra ?? null];
        [$a, $b, $c] = [$there($tell, $temporary), $tell($back($temporary)), $tell($temporary)];
        echo $a === $c && $b === $c ? 'the same ' : json_encode([$a, $b, $c]);
    }
}
echo "\n";
$lines = function (SplTempFileObject $file): array {
    $seen = [];
    for (; $file->valid(); $file->next()) {
        $seen[] = [$file->key(), $file->current()];
    }
    return $seen;
};
$flags = [0, SplFileObject::DROP_NEW_LINE, SplFileObject::READ_AHEAD | SplFileObject::SKIP_EMPTY | SplFileObject::DROP_NEW_LINE, SplFileObject::READ_CSV | SplFileObject::READ_AHEAD];
foreach ($flags as $flag) {
    foreach ([0, 1, 2] as $steps) {
        $make = function () use ($flag, $steps): SplTempFileObject {
            $temporary = new SplTempFileObject();
            $temporary->fwrite("one;1\ntwo;2\n\nthree;3\nfour;4\n");
            $temporary->setFlags($flag);
            $temporary->setCsvControl(';', "'", '');
            $temporary->setMaxLineLen(50);
            $temporary->rewind();
            for ($i = 0; $i < $steps; $i++) {
                $temporary->current();
                $temporary->next();
            }
            $temporary->current();
            return $temporary;
        };
        $here = $lines($make());
        $arrived = $back($make());
        if ($there($lines, $make()) !== $here || $arrived->getCsvControl() !== [';', "'", ''] || $arrived->getMaxLineLen() !== 50 || $arrived->getFlags() !== $flag) {
            echo "flags $flag, $steps steps: ", json_encode([$there($lines, $make()), $here]), "\n";
        }
    }
}
$original = new SplTempFileObject();
$original->fwrite('here');
$copy = $back($original);
$copy->fwrite(' and there');
$original->rewind();
$copy->rewind();
echo $original->fgets(), ', ', $copy->fgets(), "\n";

// What has something open.
foreach ([new SplFileObject(__FILE__), new DirectoryIterator('.'), new FilesystemIterator('.'), new GlobIterator('*'), new class ('x') extends SplFileInfo {}, new class extends SplMinHeap {}] as $open) {
    thrown(fn () => $vm->run('abs', [$open]));
}
// Classes that the administrator has disabled are no such classes any more.
if (disables_classes()) {
    ended(php('$vm = FfiZts::boot(); foreach (["SplTempFileObject", "SplMinHeap", "SplFileInfo"] as $class) { $object = @new $class("x"); thrown(fn () => $vm->run("abs", [$object])->await()); }',
        ['disable_classes' => 'SplTempFileObject,SplMinHeap,SplHeap,SplFileInfo']));
} else {
    echo "status 0: FfiZts\TransferException: argument \$args[0]: SplTempFileObject cannot cross to another thread\nFfiZts\TransferException: argument \$args[0]: SplMinHeap cannot cross to another thread\nFfiZts\TransferException: argument \$args[0]: SplFileInfo cannot cross to another thread\n";
}
// In a throwable's properties: what cannot be compared there is null, and the throwable arrives.
try {
    $vm->run(function () {
        Failing::$fails = false;
        $heap = new Failing();
        $heap->insert(1);
        $heap->insert(2);
        throw new Holding($heap, new SplFileInfo('kept'));
    })->await();
} catch (Holding $e) {
    echo count($e->one), ' ', $e->two->getFilename(), "\n";
}
Failing::$fails = true;
try {
    $vm->run(function () {
        $heap = new Failing();
        $heap->insert(1);
        $heap->insert(2);
        throw new Holding($heap, new SplFileInfo('kept'));
    })->await();
} catch (Holding $e) {
    var_dump($e->one, $e->two->getFilename());
}
?>
--EXPECT--
SplMinHeap true true 7 [1,1,2.5,3,4,5,[2]]
SplMaxHeap true true 7 [[2],5,4,3,2.5,1,1]
0 elements
a! to! four! sevenly!, 4 four!
the same objects, compared as the class does, by length
bool(true)
bool(true)
bool(true)
int(5)
abinnertrue
LogicException: compare
FfiZts\TransferException: argument $args[0]: Failing is corrupted (a comparison threw), and cannot cross to another thread
true true true true Opened Opened
bool(true)
the same the same the same the same the same the same the same the same 
here, here and there
FfiZts\TransferException: argument $args[0]: SplFileObject cannot cross to another thread
FfiZts\TransferException: argument $args[0]: DirectoryIterator cannot cross to another thread
FfiZts\TransferException: argument $args[0]: FilesystemIterator cannot cross to another thread
FfiZts\TransferException: argument $args[0]: GlobIterator cannot cross to another thread
FfiZts\TransferException: argument $args[0]: SplFileInfo@anonymous cannot cross to another thread
FfiZts\TransferException: argument $args[0]: SplMinHeap@anonymous cannot cross to another thread
status 0: FfiZts\TransferException: argument $args[0]: SplTempFileObject cannot cross to another thread
FfiZts\TransferException: argument $args[0]: SplMinHeap cannot cross to another thread
FfiZts\TransferException: argument $args[0]: SplFileInfo cannot cross to another thread
2 kept
NULL
string(4) "kept"
