<?php
//# Bailouts below sort callbacks, autoloaders, destructors, stream wrappers, tick functions and closures of closures.
//# options: --ini memory_limit=4M
//# valgrind-alloc
//# status: 255
//# stderr: fatal
final class Wrapper
{
    public $context;
    public function stream_open($path, $mode, $options, &$opened): bool
    {
        array_map(fn ($x) => usort($this->list(), fn ($a, $b) => strlen(str_repeat('x', 64 << 20))), [1]);
        return true;
    }
    private function &list(): array
    {
        $list = [3, 1, 2];
        return $list;
    }
}
stream_wrapper_register('bad', Wrapper::class);
spl_autoload_register(function ($class) {
    fopen('bad://x', 'r');
});
new Unknown();
