import pytest

from skdigits import RECIPES, CNNDigitClassifier, load_pretrained
from skdigits._network.layers import build_network
from skdigits._network.spec import NetworkSpec


def test_every_recipe_is_a_set_of_valid_parameters():
    for params in RECIPES.values():
        CNNDigitClassifier(**params)._validate_params()


def test_default_recipe_is_the_constructors_own():
    assert RECIPES["default"] == {}


def test_robust_is_the_network_of_the_bundled_weights_whatever_the_defaults():
    spec = NetworkSpec.of(CNNDigitClassifier(**RECIPES["robust"]), (28, 28), 10)
    assert spec == load_pretrained("mnist")["classifier"]._network.spec


@pytest.mark.parametrize(("name", "size"), [("mlp", 101_770), ("textbook", 225_034)])
def test_networks_of_the_books_have_their_sizes(name, size):
    spec = NetworkSpec.of(CNNDigitClassifier(**RECIPES[name]), (28, 28), 10)
    assert build_network(spec).count_params() == size


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_learns(digits, name):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**RECIPES[name], random_state=0)
    clf.set_params(batch_size=8, epochs=min(clf.epochs, 5))
    assert clf.fit(X, y).score(X_test, y_test) > 0.85
