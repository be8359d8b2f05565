<?php
//# valgrind
//# status: 255
//# stderr: threw Odd .message: 'odd', code: 'a string'
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
