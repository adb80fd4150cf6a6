"""The smallest words of the compiled loops: memory by address, many bytes at once, hashes, comparison.

A compiled function takes addresses (whole numbers), not arrays: an array passed from one to another is counted in and
out each time, which costs more than the work (measured: three quarters of it). Who calls keeps the arrays alive.

Every function reads past the place it is given by up to PADDING bytes: buffers end with as many spare ones, zero.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

PADDING = 64
"""Spare bytes that a buffer needs after its content."""
_WIDTH = 32
_QUOTE, _BACKSLASH, _SPACE, _FEED = 0x22, 0x5C, 0x20, 0x0A
_MIX = np.uint64(0x9E3779B97F4A7C15)
_OTHER = np.uint64(0xD6E8FEB86659FD93)

Codegen = tuple[Any, Callable[..., Any]]
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a loop: once, kept on disk, run without the interpreter's lock."""
    made: Any = njit(cache=True, nogil=True, error_model="numpy")
    return cast("Function", made(function))


def primitive(function: Callable[..., Codegen]) -> Any:
    """Make a word of the compiled loops out of what writes its machine code."""
    return intrinsic(function)


def _pointer(builder: Any, address: Any, index: Any, kind: Any) -> Any:
    base = builder.inttoptr(address, kind.as_pointer())
    return builder.gep(base, [index])


def _reader(width: int, result: Any) -> Callable[..., Codegen]:
    def reads(typing: Any, address: Any, index: Any) -> Codegen:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            value = builder.load(_pointer(builder, args[0], args[1], ir.IntType(width)), align=width // 8)
            return value if width == 64 else builder.zext(value, ir.IntType(64))

        return result(types.int64, types.int64), codegen

    return reads


def _writer(width: int) -> Callable[..., Codegen]:
    def writes(typing: Any, address: Any, index: Any, value: Any) -> Codegen:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kept = args[2] if width == 64 else builder.trunc(args[2], ir.IntType(width))
            builder.store(kept, _pointer(builder, args[0], args[1], ir.IntType(width)), align=width // 8)
            return context.get_dummy_value()

        return types.none(types.int64, types.int64, types.int64), codegen

    return writes


byte = primitive(_reader(8, types.int64))
"""(address, index) -> the byte there."""
get32 = primitive(_reader(32, types.int64))
"""(address, index) -> the element of an array of 32 bits, never negative."""
get = primitive(_reader(64, types.int64))
"""(address, index) -> the element of an array of int64."""
put8, put32, put = primitive(_writer(8)), primitive(_writer(32)), primitive(_writer(64))
"""(address, index, value): write the element of an array of bytes, of 32 bits, of int64."""


@primitive
def load64(typing: Any, address: Any, index: Any) -> Codegen:
    """Return the eight bytes from a byte on, whatever its alignment, as a little-endian number."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = builder.inttoptr(builder.add(args[0], args[1]), ir.IntType(64).as_pointer())
        return builder.load(pointer, align=1)

    return types.uint64(types.int64, types.int64), codegen


@primitive
def store64(typing: Any, address: Any, index: Any, value: Any) -> Codegen:
    """Write eight bytes from a byte on, whatever its alignment."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = builder.inttoptr(builder.add(args[0], args[1]), ir.IntType(64).as_pointer())
        builder.store(args[2], pointer, align=1)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.uint64), codegen


@primitive
def stops(typing: Any, address: Any, index: Any) -> Codegen:
    """Return, for 32 bytes, the bits of those that stop a JSON string: quote, backslash, control character."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.IntType(8), _WIDTH)
        pointer = builder.inttoptr(builder.add(args[0], args[1]), vector.as_pointer())
        read = builder.load(pointer, align=1)
        found = builder.icmp_unsigned("<", read, ir.Constant(vector, [_SPACE] * _WIDTH))
        for value in (_QUOTE, _BACKSLASH):
            found = builder.or_(found, builder.icmp_unsigned("==", read, ir.Constant(vector, [value] * _WIDTH)))
        return builder.zext(builder.bitcast(found, ir.IntType(_WIDTH)), ir.IntType(64))

    return types.int64(types.int64, types.int64), codegen


@primitive
def feeds(typing: Any, address: Any, index: Any) -> Codegen:
    """Return, for 32 bytes, the bits of those that are line feeds."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.IntType(8), _WIDTH)
        pointer = builder.inttoptr(builder.add(args[0], args[1]), vector.as_pointer())
        found = builder.icmp_unsigned("==", builder.load(pointer, align=1), ir.Constant(vector, [_FEED] * _WIDTH))
        return builder.zext(builder.bitcast(found, ir.IntType(_WIDTH)), ir.IntType(64))

    return types.int64(types.int64, types.int64), codegen


@primitive
def first_bit(typing: Any, bits: Any) -> Codegen:
    """Return the number of zero bits below the lowest one; `bits` is not zero."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), codegen


@compiled
def low_bytes(word: Any, count: int) -> Any:
    """Return the word with only its first `count` bytes, 0 to 7, kept."""
    return word & ((np.uint64(1) << np.uint64(8 * count)) - np.uint64(1))


@compiled
def hashed(data: int, start: int, end: int, seed: int) -> Any:
    """Return the hash of some bytes, a positive int64."""
    value = np.uint64(seed) ^ (np.uint64(end - start) * _OTHER)
    while end - start >= 8:
        value = (value ^ load64(data, start)) * _MIX
        value ^= value >> np.uint64(29)
        start += 8
    if end > start:
        value = (value ^ low_bytes(load64(data, start), end - start)) * _MIX
        value ^= value >> np.uint64(29)
    value *= _OTHER
    return np.int64((value ^ (value >> np.uint64(32))) & np.uint64(0x7FFFFFFFFFFFFFFF))


@compiled
def same(one: int, start: int, other: int, other_start: int, length: int) -> bool:
    """Tell whether two runs of bytes of one length are equal."""
    while length >= 8:
        if load64(one, start) != load64(other, other_start):
            return False
        start += 8
        other_start += 8
        length -= 8
    if length == 0:
        return True
    return low_bytes(load64(one, start) ^ load64(other, other_start), length) == np.uint64(0)


@compiled
def copied(data: int, start: int, end: int, out: int, at: int) -> int:
    """Copy bytes, up to seven more than asked; return where those asked end."""
    stop = at + end - start
    while at < stop:
        store64(out, at, load64(data, start))
        at += 8
        start += 8
    return stop


@compiled
def line_end(data: int, at: int, end: int) -> int:
    """Return the place of the next line feed, `end` if there is none."""
    while at < end:
        bits = feeds(data, at)
        if bits:
            return min(at + first_bit(bits), end)
        at += 32
    return end
