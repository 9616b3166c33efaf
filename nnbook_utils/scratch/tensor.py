"""Reverse-mode automatic differentiation on NumPy arrays.

A `Tensor` is an array that remembers how it was made: its `parents`, and a rule that turns the
gradient of its own value into gradients of theirs. `backward()` starts at one number, walks back
from each result to its parents, and adds up what arrives at every leaf. The operations, each with
its rule beside it, are in `functional`.

Chapter: 03_backpropagation. Twin: torch.Tensor. Source: Linnainmaa, 1976, doi:10.1007/BF01931367.
"""

import functools

import numpy as np

DEFAULT_DTYPE = np.float32


class no_grad:
    """Switch the recording of the graph off: `with no_grad(): ...` or `@no_grad()`.

    Twin: torch.no_grad. The switch is one for the whole process, not one a thread.
    """

    recording = True

    def __init__(self):
        self._before = []  # one entry for each time that it was entered

    def __enter__(self):
        self._before.append(no_grad.recording)
        no_grad.recording = False
        return self

    def __exit__(self, *exception):
        no_grad.recording = self._before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def without_graph(*args, **kwargs):
            with no_grad():
                return function(*args, **kwargs)

        return without_graph


class Tensor:
    """An array of any shape that can take part in automatic differentiation.

    data: array, or nested lists of numbers. Lists of floats become float32; arrays keep their
    dtype and are not copied. `data` and `grad` are plain NumPy arrays of the same shape.
    Rules read the arrays that the forward pass used. Changing `data` in place between the forward
    and the backward pass makes the gradient wrong, in silence: unlike PyTorch's, these tensors do
    not count their versions.
    Raises TypeError when data is not numeric, or when gradients of integers are asked for.
    Chapter: 03_backpropagation. Twin: torch.Tensor.
    """

    __slots__ = ("data", "grad", "requires_grad", "parents", "rule", "keeps_grad", "__weakref__")
    __array_ufunc__ = None  # makes `array * tensor` ask Tensor.__rmul__ instead of looping

    def __init__(self, data, requires_grad=False):
        self.data = as_array(data)
        self.grad = None
        self.parents = ()
        self.rule = None
        self.keeps_grad = False
        self.requires_grad = False
        if requires_grad:
            self.requires_grad_()

    @classmethod
    def result(cls, data, parents, rule):
        """The Tensor that an operation returns.

        rule(gradient of data) -> one gradient a parent, each of the parent's shape, or None for a
        parent that needs none. A rule never changes the gradient that it was given, and keeps no
        array that it returns.
        """
        tensor = Tensor.__new__(Tensor)
        tensor.data = data if type(data) is np.ndarray else np.asarray(data)
        tensor.grad = None
        tensor.keeps_grad = False
        tensor.parents = ()
        tensor.rule = None
        tensor.requires_grad = False
        if no_grad.recording:
            for parent in parents:
                if parent.requires_grad:
                    tensor.parents = parents
                    tensor.rule = rule
                    tensor.requires_grad = True
                    break
        return tensor

    # -- the backward pass ---------------------------------------------------------------------

    def backward(self, gradient=None, retain_graph=False):
        """Add d(self)/d(leaf) to `grad` of every leaf that requires it.

        gradient: array of this tensor's shape, d(something)/d(self); may be left out when this
        tensor holds one number. The graph is freed on the way, which saves memory; with
        retain_graph=True it stays, and a second call adds the same gradients once more.
        Raises RuntimeError when there is no graph to walk, or it has been freed, and ValueError
        when the gradient has another shape.
        """
        if not self.requires_grad:
            raise RuntimeError(
                "backward() needs a tensor made from one with requires_grad=True, but none of its "
                "inputs has it; set requires_grad=True on the tensor that you want gradients of"
            )
        if gradient is None:
            if self.data.size != 1:
                raise ValueError(
                    f"backward() starts from one number, but this tensor has shape {self.shape}; "
                    "take its sum or mean first, or pass gradient= of that shape"
                )
            gradient = np.ones_like(self.data)
        else:
            gradient = as_array(gradient).astype(self.dtype, copy=False)
            if gradient.shape != self.shape:
                raise ValueError(
                    f"gradient must have the tensor's shape {self.shape}, but it has "
                    f"{gradient.shape}"
                )

        order = topological_order(self)
        gradients = {id(self): gradient}  # of the tensors that still wait for their turn
        ours = set()  # whose gradient is an array made here, so that it may be changed in place
        while order:
            tensor = order.pop()
            gradient = gradients.pop(id(tensor), None)
            if gradient is None:  # every rule said that this tensor needs none
                continue
            if tensor.rule is None:
                tensor.accumulate(gradient, is_ours=id(tensor) in ours)
                continue
            if tensor.keeps_grad:
                tensor.accumulate(gradient)
            shares = tensor.rule(gradient)
            for parent, share in zip(tensor.parents, shares, strict=True):
                if share is not None and parent.requires_grad:
                    deliver(share, parent, gradients, ours)
                    if is_new(share, gradient, shares):
                        ours.add(id(parent))
            if not retain_graph:
                tensor.parents = ()
                tensor.rule = freed

    def accumulate(self, gradient, is_ours=False):
        """Add to `grad`, which never shares memory with another tensor's gradient."""
        if self.grad is None:
            copy = None if is_ours else True  # None: only where dtype or order need it
            self.grad = np.array(gradient, dtype=self.data.dtype, order="C", copy=copy)
        else:
            self.grad = np.asarray(self.grad + gradient)  # NumPy makes a number of 0-d arrays

    def requires_grad_(self, requires_grad=True):
        """Ask for gradients (or stop asking), in place. Raises TypeError for integers."""
        if requires_grad and self.data.dtype.kind != "f":
            raise TypeError(
                f"only floating-point tensors can require gradients, but this one is {self.dtype}; "
                "convert it first, for example with array.astype(np.float32)"
            )
        self.requires_grad = requires_grad
        return self

    def retain_grad(self):
        """Keep the gradient of this intermediate result in `grad` too, not only of leaves."""
        self.keeps_grad = True

    def detach(self):
        """The same array without its history: no gradient flows through it."""
        return Tensor(self.data)

    # -- looking at it -------------------------------------------------------------------------

    @property
    def shape(self):
        return self.data.shape

    @property
    def dtype(self):
        return self.data.dtype

    @property
    def ndim(self):
        return self.data.ndim

    def size(self, dim=None):
        """The shape, or the length of one axis."""
        return self.shape if dim is None else self.shape[dim]

    def numel(self):
        """How many numbers there are."""
        return self.data.size

    @property
    def is_leaf(self):
        """True for a tensor that was given, False for the result of a recorded operation."""
        return self.rule is None

    @property
    def operation(self):
        """Name of the operation that made this tensor; None for a leaf or a freed graph."""
        if self.rule is None or self.rule is freed:
            return None
        return self.rule.__qualname__.split(".")[0]

    def item(self):
        """The one number in this tensor, as a Python number."""
        return self.data.item()

    def numpy(self):
        """The array itself. It is shared, not copied."""
        return self.data

    def __array__(self, dtype=None, copy=None):
        return np.array(self.data, dtype=dtype, copy=copy)

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        """What PyTorch calls when it meets a Tensor of ours, as in `twin.load_state_dict`.

        The PyTorch tensor that takes part makes PyTorch tensors of ours; nothing is imported here.
        """
        theirs = next(a for a in args if hasattr(a, "new_tensor"))
        args = [theirs.new_tensor(a.data) if isinstance(a, Tensor) else a for a in args]
        return function(*args, **(kwargs or {}))

    def __len__(self):
        return len(self.data)

    def __float__(self):
        return float(self.data.item())

    def __int__(self):
        return int(self.data.item())

    def __bool__(self):
        return bool(self.data)

    def __repr__(self):
        numbers = np.array2string(
            self.data, precision=4, threshold=50, separator=", ", prefix=" " * 7
        )
        notes = [f"shape={self.shape}", f"dtype={self.dtype}"]
        if self.operation:
            notes.append(f"from {self.operation}")
        elif self.requires_grad and self.is_leaf:
            notes.append("requires_grad=True")
        return f"Tensor({numbers}, {', '.join(notes)})"

    # -- operators and methods: each is the function of the same name in `functional` ----------

    def __add__(self, other):
        return F.add(self, other)

    def __radd__(self, other):
        return F.add(other, self)

    def __sub__(self, other):
        return F.sub(self, other)

    def __rsub__(self, other):
        return F.sub(other, self)

    def __mul__(self, other):
        return F.mul(self, other)

    def __rmul__(self, other):
        return F.mul(other, self)

    def __truediv__(self, other):
        return F.div(self, other)

    def __rtruediv__(self, other):
        return F.div(other, self)

    def __pow__(self, exponent):
        return F.pow(self, exponent)

    def __neg__(self):
        return F.neg(self)

    def __matmul__(self, other):
        return F.matmul(self, other)

    def __rmatmul__(self, other):
        return F.matmul(other, self)

    def __getitem__(self, index):
        return F.getitem(self, index)

    def __iter__(self):
        return iter(F.unbind(self, 0))

    # Comparisons give booleans without a gradient.

    def __eq__(self, other):
        return Tensor(self.data == as_array(other))

    def __ne__(self, other):
        return Tensor(self.data != as_array(other))

    def __lt__(self, other):
        return Tensor(self.data < as_array(other))

    def __le__(self, other):
        return Tensor(self.data <= as_array(other))

    def __gt__(self, other):
        return Tensor(self.data > as_array(other))

    def __ge__(self, other):
        return Tensor(self.data >= as_array(other))

    __hash__ = object.__hash__  # by identity, since == compares entry by entry

    def exp(self):
        return F.exp(self)

    def log(self):
        return F.log(self)

    def sqrt(self):
        return F.sqrt(self)

    def square(self):
        return F.square(self)

    def abs(self):
        return F.abs(self)

    def sin(self):
        return F.sin(self)

    def cos(self):
        return F.cos(self)

    def clamp(self, min=None, max=None):
        return F.clamp(self, min, max)

    def tanh(self):
        return F.tanh(self)

    def sigmoid(self):
        return F.sigmoid(self)

    def relu(self):
        return F.relu(self)

    def softmax(self, dim):
        return F.softmax(self, dim)

    def log_softmax(self, dim):
        return F.log_softmax(self, dim)

    def sum(self, dim=None, keepdim=False):
        return F.sum(self, dim, keepdim)

    def mean(self, dim=None, keepdim=False):
        return F.mean(self, dim, keepdim)

    def var(self, dim=None, correction=1, keepdim=False):
        return F.var(self, dim, correction, keepdim)

    def std(self, dim=None, correction=1, keepdim=False):
        return F.std(self, dim, correction, keepdim)

    def amax(self, dim=None, keepdim=False):
        return F.amax(self, dim, keepdim)

    def amin(self, dim=None, keepdim=False):
        return F.amin(self, dim, keepdim)

    def argmax(self, dim=None):
        """Index of the largest entry, as an integer Tensor; it has no gradient."""
        return Tensor(np.argmax(self.data, axis=dim))

    def reshape(self, *shape):
        return F.reshape(self, *shape)

    view = reshape

    def flatten(self, start_dim=0, end_dim=-1):
        return F.flatten(self, start_dim, end_dim)

    def transpose(self, dim0, dim1):
        return F.transpose(self, dim0, dim1)

    def permute(self, *dims):
        return F.permute(self, *dims)

    def unsqueeze(self, dim):
        return F.unsqueeze(self, dim)

    def squeeze(self, dim):
        return F.squeeze(self, dim)

    def expand(self, *shape):
        return F.expand(self, *shape)

    def unbind(self, dim=0):
        return F.unbind(self, dim)

    def chunk(self, chunks, dim=0):
        return F.chunk(self, chunks, dim)

    def masked_fill(self, mask, value):
        return F.masked_fill(self, mask, value)

    @property
    def T(self):
        return F.transpose(self, 0, 1)


class Parameter(Tensor):
    """A Tensor that a layer learns. Chapter: 03_backpropagation. Twin: torch.nn.Parameter."""

    __slots__ = ()

    def __init__(self, data, requires_grad=True):
        super().__init__(data, requires_grad)


def topological_order(output):
    """All tensors behind `output` that take part in its gradient, parents before children.

    Depth first with a stack of our own, so that a chain of 100,000 operations does not exceed
    Python's recursion limit. Raises RuntimeError when a part of the graph has been freed.
    """
    order, visited = [], set()
    stack = [(output, False)]
    while stack:
        tensor, parents_are_done = stack.pop()
        if parents_are_done:
            order.append(tensor)
        elif id(tensor) not in visited:
            if tensor.rule is freed:
                freed()
            visited.add(id(tensor))
            if tensor.rule is None:  # a leaf has no parents
                order.append(tensor)
                continue
            stack.append((tensor, True))
            for parent in tensor.parents:
                if parent.requires_grad:
                    stack.append((parent, False))
    return order


class Part:
    """A gradient that is zero except at an index: what a rule returns for x[index].

    Without it, a loop over the T steps of a sequence would add T arrays of the full size.
    """

    __slots__ = ("index", "gradient")

    def __init__(self, index, gradient):
        self.index = index
        self.gradient = gradient


def deliver(share, parent, gradients, ours):
    """Add one rule's share to what `parent` has been sent so far."""
    key = id(parent)
    if isinstance(share, Part):
        if key not in gradients:
            gradients[key] = np.zeros_like(parent.data)
            gradients[key][share.index] = share.gradient
        else:
            if key not in ours:
                gradients[key] = gradients[key].copy()
            gradients[key][share.index] += share.gradient
        ours.add(key)
        return
    if share.shape != parent.data.shape:
        raise RuntimeError(
            f"a rule returned a gradient of shape {share.shape} for an input of shape "
            f"{parent.data.shape}"
        )
    dtype = parent.data.dtype
    if share.dtype is not dtype and share.dtype != dtype:  # float32 beside float64
        share = share.astype(dtype)
    if key not in gradients:
        gradients[key] = share
    elif key in ours:
        gradients[key] += share
    else:
        gradients[key] = np.asarray(gradients[key] + share)
        ours.add(key)


def is_new(share, gradient, shares):
    """Was this array made by the rule, for this parent alone? Then it need not be copied."""
    if type(share) is not np.ndarray or share.base is not None or share is gradient:
        return False
    return sum(other is share for other in shares) == 1


def freed(*_):
    """Stands where a rule was, after a backward pass has used it up."""
    raise RuntimeError(
        "backward() has already walked through this graph and freed it; compute the loss again, or "
        "pass retain_graph=True to the first call"
    )


def unbroadcast(gradient, shape):
    """Sum a gradient over the axes along which its operand was repeated, back to `shape`.

    NumPy repeats (3,) to (5, 3), or (5, 1) to (5, 3), before it adds or multiplies. A number that
    was used n times receives the sum of n gradients.
    """
    if gradient.shape == shape:
        return gradient
    added = gradient.ndim - len(shape)
    stretched = [
        added + axis
        for axis, length in enumerate(shape)
        if length == 1 and gradient.shape[added + axis] != 1
    ]
    return gradient.sum(axis=(*range(added), *stretched)).reshape(shape)


def as_array(data):
    """A numeric array. Lists of floats become float32; arrays keep their dtype."""
    if isinstance(data, Tensor):
        return data.data
    if isinstance(data, np.ndarray | np.generic):
        array = np.asarray(data)
    else:
        try:
            array = np.asarray(data)
        except ValueError as error:
            raise ValueError(
                "data must be nested lists of equal lengths, but the lists have different lengths; "
                "pad them, or make one Tensor of each"
            ) from error
        if array.dtype == np.float64:
            array = array.astype(DEFAULT_DTYPE)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"data must be numbers, but it has dtype {array.dtype}; pass floats, integers or "
            "booleans"
        )
    return array


def as_tensor(value, like=None):
    """`value` as a Tensor. A plain number takes the dtype of `like`, so that 2.0 * x keeps x's."""
    if isinstance(value, Tensor):
        return value
    is_number = isinstance(value, int | float | np.number | np.bool_)
    is_number = is_number or (isinstance(value, np.ndarray) and value.ndim == 0)
    if is_number and like is not None:
        if like.data.dtype.kind == "f":
            return Tensor(np.asarray(value, dtype=like.data.dtype))
        if isinstance(value, np.floating):  # beside integers it counts as a Python number
            return Tensor(float(value))
    return Tensor(value)


def operands(a, b):
    """Both inputs of a binary operation as Tensors; a plain number takes the other's dtype."""
    if not isinstance(a, Tensor):
        return as_tensor(a, like=b if isinstance(b, Tensor) else None), as_tensor(b)
    return a, as_tensor(b, like=a)


def promoted(*arrays):
    """The dtype of a result made from these arrays, by PyTorch's rules.

    Integers take the dtype of floats, and a single number (no axes) that of an array.
    """
    floats = [array for array in arrays if array.dtype.kind == "f"]
    deciding = [array for array in floats if array.ndim] or floats or arrays
    return np.result_type(*(array.dtype for array in deciding))


def masked(gradient, mask, out=None):
    """gradient where the mask is True, 0 elsewhere, whatever stands there.

    As numbers, infinity times 0 would be NaN; np.where is right, but takes up to ten times as long.
    So the bits are multiplied by 1 or 0, as if they were those of an integer.
    """
    integer = INTEGERS[gradient.itemsize]
    out = None if out is None else out.view(integer)
    return np.multiply(gradient.view(integer), mask, out=out).view(gradient.dtype)


INTEGERS = {2: np.dtype(np.int16), 4: np.dtype(np.int32), 8: np.dtype(np.int64)}  # by their size


# The operators above need the functions, and the functions need Tensor: so this import stands last.
from . import functional as F  # noqa: E402
