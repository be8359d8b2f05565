<?php
//# valgrind
//# status: 255
//# stderr: threw .*classS.*Odd.*parentsA.*LogicException.*messageS.*odd
final class Odd extends LogicException
{
    public $extra;
    protected $code = 'a string';
    protected $message = 'odd';
    public function __construct()
    {
        $this->extra = fn () => 1;
    }
    public function __toString(): string
    {
        throw new Error('nobody calls this');
    }
}
throw new Odd();
